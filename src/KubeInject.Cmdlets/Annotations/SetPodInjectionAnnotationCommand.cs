using System.Management.Automation;
using KubeInject.Annotations;
using KubeInject.Cmdlets.Completion;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Injection.Annotating;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Cmdlets.Annotations;

/// <summary>Sets the annotations and the label that request database credentials in manifests or workloads.</summary>
[Cmdlet(VerbsCommon.Set, "PodInjectionAnnotation", SupportsShouldProcess = true, DefaultParameterSetName = FromInput)]
[OutputType(typeof(AnnotationResult), typeof(string))]
public sealed class SetPodInjectionAnnotationCommand : AnnotationCmdlet
{
    // Not the enumerations: PowerShell determines the layout of a cmdlet before the engine, which defines the value types, can be loaded.
    private object? mode;
    private object? fromDialect;

    [Parameter(HelpMessage = "Specifies the pod's name for the database connection. It can contain letters, digits, '-' and '_'. Specify either -Database or -FromDialect.")]
    [ArgumentCompleter(typeof(DatabaseCompleter))]
    [ValidatePattern(@"\A[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?\z")]
    public string? Database { get; set; }

    [Parameter(HelpMessage = "Specifies the database role that credentials are issued for.")]
    [ArgumentCompleter(typeof(RequestedValueCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Role { get; set; }

    [Parameter(HelpMessage = "Specifies how containers get the credentials: Classic sets separate variables for the username and the password, and Uri sets one connection URI. The default is the current mode of the pod, or Uri if you specify -Template or -EnvUri.")]
    public InjectionMode? Mode
    {
        get => (InjectionMode?)mode;
        set => mode = value;
    }

    [Parameter(HelpMessage = "Specifies the connection URI that the credentials are inserted into, for example postgres://db:5432/orders?sslmode=require.")]
    [ValidateNotNullOrEmpty]
    public string? Template { get; set; }

    [Parameter(HelpMessage = "Specifies the environment variables that receive the connection URI.")]
    [ArgumentCompleter(typeof(RequestedValueCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? EnvUri { get; set; }

    [Parameter(HelpMessage = "Specifies the environment variables that receive the username. The default is the current setting of the pod, or DBUSER.")]
    [ArgumentCompleter(typeof(RequestedValueCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? EnvUsername { get; set; }

    [Parameter(HelpMessage = "Specifies the environment variables that receive the password. The default is the current setting of the pod, or DBPASSWORD.")]
    [ArgumentCompleter(typeof(RequestedValueCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? EnvPassword { get; set; }

    [Parameter(HelpMessage = "Specifies the mount path of the database secrets engine, for all databases of the pod. The default is the current setting of the pod, or the default mount path of the injector.")]
    [ArgumentCompleter(typeof(RequestedValueCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Mount { get; set; }

    [Parameter(HelpMessage = "Converts the annotations of another injector: VaultAgent or BankVaults. A warning reports what could not be converted.")]
    public InjectionDialect? FromDialect
    {
        get => (InjectionDialect?)fromDialect;
        set => fromDialect = value;
    }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        string[] settings = [nameof(Role), nameof(Mode), nameof(Template), nameof(EnvUri), nameof(EnvUsername), nameof(EnvPassword), nameof(Mount)];
        if ((Database is null) == (FromDialect is null) || (FromDialect is not null && settings.Any(MyInvocation.BoundParameters.ContainsKey)))
            ThrowTerminatingError(Errors.DatabaseOrDialect());
    }

    private protected override AnnotationTask Task(string? file, ObjectReference? workload) => FromDialect is { } dialect
        ? new AnnotationConversion(dialect)
        : new AnnotationSetting(new DatabaseAnnotations
        {
            Database = Database!,
            Role = Role,
            Mode = Mode,
            Template = Template,
            UriVariables = EnvUri,
            UsernameVariables = EnvUsername,
            PasswordVariables = EnvPassword,
            Mount = Mount,
        });
}
