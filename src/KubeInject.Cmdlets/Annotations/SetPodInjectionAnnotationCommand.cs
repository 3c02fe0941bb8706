using System.Management.Automation;
using KubeInject.Annotations;
using KubeInject.Injection;
using KubeInject.Kubernetes;

namespace KubeInject.Cmdlets;

/// <summary>Writes what pods are to ask for, and the label, into manifests or workloads.</summary>
[Cmdlet(VerbsCommon.Set, "PodInjectionAnnotation", SupportsShouldProcess = true, DefaultParameterSetName = FromInput)]
[OutputType(typeof(AnnotationResult), typeof(string))]
public sealed class SetPodInjectionAnnotationCommand : AnnotationCmdlet
{
    // No field of a cmdlet is of a value type of the engine: PowerShell asks for their layout before the engine can be found.
    private object? mode;
    private object? fromDialect;

    /// <summary>The database.</summary>
    [Parameter(HelpMessage = "The pod's own name for the connection.")]
    [ArgumentCompleter(typeof(DatabaseCompleter))]
    [ValidatePattern(@"\A[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?\z")]
    public string? Database { get; set; }

    /// <summary>Its role.</summary>
    [Parameter(HelpMessage = "The database role to issue credentials from.")]
    [ArgumentCompleter(typeof(RequestedValueCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Role { get; set; }

    /// <summary>In which form the containers get the credentials.</summary>
    [Parameter(HelpMessage = "Classic: username and password in variables of their own; Uri: one connection URI. Default: as the pod has it, or Uri where -Template or -EnvUri is given.")]
    public InjectionMode? Mode
    {
        get => (InjectionMode?)mode;
        set => mode = value;
    }

    /// <summary>The connection URI to put the credentials into.</summary>
    [Parameter(HelpMessage = "The connection URI that the credentials are put into: postgres://db:5432/orders?sslmode=require.")]
    [ValidateNotNullOrEmpty]
    public string? Template { get; set; }

    /// <summary>The variables that get the connection URI.</summary>
    [Parameter(HelpMessage = "The variables that get the connection URI.")]
    [ArgumentCompleter(typeof(RequestedValueCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? EnvUri { get; set; }

    /// <summary>The variables that get the username.</summary>
    [Parameter(HelpMessage = "The variables that get the username. Default: as the pod has it, or DBUSER.")]
    [ArgumentCompleter(typeof(RequestedValueCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? EnvUsername { get; set; }

    /// <summary>The variables that get the password.</summary>
    [Parameter(HelpMessage = "The variables that get the password. Default: as the pod has it, or DBPASSWORD.")]
    [ArgumentCompleter(typeof(RequestedValueCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? EnvPassword { get; set; }

    /// <summary>The mount of the database secrets engine.</summary>
    [Parameter(HelpMessage = "The mount path of the database secrets engine, for all databases of the pod.")]
    [ArgumentCompleter(typeof(RequestedValueCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Mount { get; set; }

    /// <summary>Whose annotations to convert.</summary>
    [Parameter(HelpMessage = "Convert the annotations of this other injector. A warning tells what could not be converted.")]
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
