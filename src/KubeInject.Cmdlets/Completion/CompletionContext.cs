using System.Collections;
using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Language;
using KubeInject.Cmdlets.Connections;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Cmdlets.Completion;

/// <summary>A command line that is being typed. To be read on PowerShell's own thread.</summary>
/// <param name="command">The cmdlet.</param>
/// <param name="parameter">The parameter whose value is being typed.</param>
/// <param name="word">The value so far, without quotes.</param>
/// <param name="line">What stands in the line.</param>
/// <param name="bound">The values of other parameters, as far as PowerShell knows them without running anything.</param>
internal sealed class CompletionContext(string command, string parameter, string word, CommandAst line, IDictionary bound)
{
    // What says where names are from, under all of its names.
    private static readonly string[][] Places = [["Connection"], ["Context"], ["KubeConfig"], ["Namespace", "n"]];

    /// <summary>Whether the line says where names are from in a way that only running it would tell: <c>-Namespace (Get-Content ./namespace)</c>.</summary>
    public bool IsUnclear => Places.Any(place => place[0] != parameter && !Has(place[0]) && line.CommandElements.OfType<CommandParameterAst>()
        .Any(element => place.Contains(element.ParameterName, StringComparer.OrdinalIgnoreCase)));

    /// <summary>The parameter whose value is being typed.</summary>
    public string Parameter => parameter;

    /// <summary>Its value so far.</summary>
    public string Word => word;

    /// <summary>The kind of objects that the cmdlet gets.</summary>
    public KubeResource Resource => command.EndsWith("Secret", StringComparison.OrdinalIgnoreCase) ? KubeResource.Secrets : KubeResource.Pods;

    /// <summary>Which objects the other parameters select.</summary>
    public KubeQuery Query => new()
    {
        Namespace = Text("Namespace"),
        AllNamespaces = IsOn("AllNamespaces"),
        LabelSelector = Text("LabelSelector"),
        FieldSelector = Text("FieldSelector"),
    };

    /// <summary>The connection that the cmdlet will use; null for none, and for one that is not known yet.</summary>
    public KubeConnection? Connection => Has("Connection") ? Value<KubeConnection>("Connection") : RunspaceConnection.Current;

    /// <summary>Whether the line leads to a cluster by settings of its own, and not by a connection that is open.</summary>
    public bool NamesSettings => Has("Server") || Has("InCluster") || Has("KubeConfig") || (Has("Context") && Text("Context") != Connection?.Context)
        || (TakesSettings && !Has("Connection") && Connection is null);

    /// <summary>Whether a parameter stands in the line.</summary>
    public bool Has(string name) => bound.Contains(name);

    /// <summary>A parameter's value; null where there is none, or one of another type.</summary>
    public T? Value<T>(string name)
        where T : class => Unwrap(bound[name]) as T;

    /// <summary>A parameter's value, if it is a text.</summary>
    public string? Text(string name) => Value<string>(name);

    /// <summary>A parameter's values, one or several.</summary>
    public IReadOnlyList<string> Texts(string name) => Unwrap(bound[name]) switch
    {
        string text => [text],
        IEnumerable list => [.. list.Cast<object?>().Select(Unwrap).OfType<string>()],
        _ => [],
    };

    /// <summary>What tells the settings of the kubeconfig and context of the line, or else of those that the session would take.</summary>
    public Func<ConnectionSettings> Settings()
    {
        var (paths, context, environment) = (KubeConfigPaths(), Text("Context"), SessionEnvironment());
        return () => ConnectingCmdlet.Settings(paths, context, environment);
    }

    /// <summary>What reads the contexts of the kubeconfig of the line, or else of that of the session.</summary>
    public Func<IReadOnlyList<KubeContext>> Contexts()
    {
        var (paths, environment) = (KubeConfigPaths(), SessionEnvironment());
        return () => (paths is null ? Kubeconfig.Find(environment) : Kubeconfig.Load(paths))?.ListContexts() ?? [];
    }

    /// <summary>The files and folders of the line's manifests; null where it names none.</summary>
    public IReadOnlyList<string>? ManifestPaths() =>
        Has("Path") ? [.. Texts("Path").SelectMany(path => Run("(Microsoft.PowerShell.Management\\Resolve-Path -Path $args[0] -ErrorAction Ignore).ProviderPath", path))]
        : Has("LiteralPath") ? [.. Texts("LiteralPath").SelectMany(FullPath)]
        : null;

    /// <summary>The variables of the session.</summary>
    public static IReadOnlyList<(string Name, object? Value)> Variables()
    {
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        var variables = shell.AddCommand("Microsoft.PowerShell.Utility\\Get-Variable").AddParameter("ErrorAction", "Ignore").Invoke<PSVariable>();
        return [.. variables.Select(variable => (variable.Name, Unwrap(variable.Value)))];
    }

    /// <summary>Whether a switch is on.</summary>
    public bool IsOn(string name) => Has(name) && LanguagePrimitives.IsTrue(bound[name]);

    private bool TakesSettings => command.EndsWith("Connect-KubeCluster", StringComparison.OrdinalIgnoreCase) || command.EndsWith("Test-KubeConnection", StringComparison.OrdinalIgnoreCase);

    private static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    private static Collection<string> FullPath(string path) => Run("$ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($args[0])", path);

    // PowerShell's own folder and drives are known to scripts alone.
    private static Collection<string> Run(string script, string? argument = null)
    {
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);

        // An error that is caught stands in $Error all the same.
        shell.AddScript($"try {{ {script} }} catch {{ $global:Error.RemoveAt(0) }}", useLocalScope: true);
        return shell.AddArgument(argument).Invoke<string>();
    }

    // Nobody is asked for anything: there is no terminal.
    private static KubeEnvironment SessionEnvironment() =>
        KubeEnvironment.Process with { WorkingFolder = Run("$ExecutionContext.SessionState.Path.CurrentFileSystemLocation.ProviderPath").First() };

    private string[]? KubeConfigPaths() => Has("KubeConfig") ? [.. Texts("KubeConfig").SelectMany(FullPath)] : null;
}
