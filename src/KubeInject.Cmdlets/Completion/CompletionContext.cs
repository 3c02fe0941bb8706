using System.Collections;
using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Language;
using KubeInject.Cmdlets.Connections;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Cmdlets.Completion;

/// <summary>The command line to complete. Use it only on the pipeline thread.</summary>
/// <param name="command">The name of the cmdlet.</param>
/// <param name="parameter">The name of the parameter whose value is completed.</param>
/// <param name="word">The typed part of the value, without quotes.</param>
/// <param name="line">The syntax tree of the command.</param>
/// <param name="bound">The values of other parameters that PowerShell can determine without running code.</param>
internal sealed class CompletionContext(string command, string parameter, string word, CommandAst line, IDictionary bound)
{
    // The parameters that determine the origin of names, with their aliases.
    private static readonly string[][] OriginParameters = [["Connection"], ["Context"], ["KubeConfig"], ["Namespace", "n"]];

    /// <summary>Whether the origin of names is unknown without running code, for example in <c>-Namespace (Get-Content ./namespace)</c>.</summary>
    public bool IsOriginUnknown => OriginParameters.Any(names => names[0] != parameter && !HasParameter(names[0]) && line.CommandElements.OfType<CommandParameterAst>()
        .Any(element => names.Contains(element.ParameterName, StringComparer.OrdinalIgnoreCase)));

    /// <summary>The name of the parameter whose value is completed.</summary>
    public string Parameter => parameter;

    /// <summary>The typed part of the value, without quotes.</summary>
    public string Word => word;

    /// <summary>The kind of objects that the cmdlet gets.</summary>
    public KubeResource Resource => command.EndsWith("Secret", StringComparison.OrdinalIgnoreCase) ? KubeResource.Secrets : KubeResource.Pods;

    /// <summary>The query for the objects that the other parameters select.</summary>
    public KubeQuery Query => new()
    {
        Namespace = Namespaces is [var single] && !WildcardPattern.ContainsWildcardCharacters(single) ? single : null,
        AllNamespaces = IsOn("AllNamespaces") || Namespaces.Count > 1 || Namespaces.Any(WildcardPattern.ContainsWildcardCharacters),
        LabelSelector = Text("LabelSelector"),
        FieldSelector = Text("FieldSelector"),
    };

    /// <summary>The connection that the cmdlet will use; null if there is none, or if it is not known yet.</summary>
    public KubeConnection? Connection => HasParameter("Connection") ? Value<KubeConnection>("Connection") : RunspaceDefault<KubeConnection>.Current;

    /// <summary>Whether the command specifies connection settings and does not use an open connection.</summary>
    public bool SpecifiesSettings => HasParameter("Server") || HasParameter("InCluster") || HasParameter("KubeConfig") || (HasParameter("Context") && Text("Context") != Connection?.Context)
        || (HasSettingsParameters && !HasParameter("Connection") && Connection is null);

    /// <summary>Whether the command contains a parameter.</summary>
    public bool HasParameter(string name) => bound.Contains(name);

    /// <summary>Returns the value of a parameter; null if there is none, or if it has another type.</summary>
    public T? Value<T>(string name)
        where T : class => Unwrap(bound[name]) as T;

    /// <summary>Returns the value of a parameter if it is a string.</summary>
    public string? Text(string name) => Value<string>(name);

    /// <summary>Returns all string values of a parameter.</summary>
    public IReadOnlyList<string> Texts(string name) => Unwrap(bound[name]) switch
    {
        string text => [text],
        IEnumerable list => [.. list.Cast<object?>().Select(Unwrap).OfType<string>()],
        _ => [],
    };

    /// <summary>Returns a function that reads the connection settings of the command, or else the default settings of the session.</summary>
    public Func<ConnectionSettings> Settings()
    {
        var (paths, context, environment) = (KubeConfigPaths(), Text("Context"), SessionEnvironment());
        return () => ConnectingCmdlet.Settings(paths, context, environment);
    }

    /// <summary>Returns a function that reads the contexts of the kubeconfig of the command, or else of the session.</summary>
    public Func<IReadOnlyList<KubeContext>> Contexts()
    {
        var (paths, environment) = (KubeConfigPaths(), SessionEnvironment());
        return () => (paths is null ? Kubeconfig.Find(environment) : Kubeconfig.Load(paths))?.ListContexts() ?? [];
    }

    /// <summary>Returns the files and folders of the manifests of the command; null if it specifies none.</summary>
    public IReadOnlyList<string>? ManifestPaths() =>
        HasParameter("Path") ? [.. Texts("Path").SelectMany(path => Run("(Microsoft.PowerShell.Management\\Resolve-Path -Path $args[0] -ErrorAction Ignore).ProviderPath", path))]
        : HasParameter("LiteralPath") ? [.. Texts("LiteralPath").SelectMany(FullPath)]
        : null;

    /// <summary>Returns the variables of the session.</summary>
    public static IReadOnlyList<(string Name, object? Value)> Variables()
    {
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        var variables = shell.AddCommand("Microsoft.PowerShell.Utility\\Get-Variable").AddParameter("ErrorAction", "Ignore").Invoke<PSVariable>();
        return [.. variables.Select(variable => (variable.Name, Unwrap(variable.Value)))];
    }

    /// <summary>Whether a switch is on.</summary>
    public bool IsOn(string name) => HasParameter(name) && LanguagePrimitives.IsTrue(bound[name]);

    private IReadOnlyList<string> Namespaces => Texts("Namespace");

    private bool HasSettingsParameters => command.EndsWith("Connect-KubeCluster", StringComparison.OrdinalIgnoreCase) || command.EndsWith("Test-KubeConnection", StringComparison.OrdinalIgnoreCase);

    private static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    private static Collection<string> FullPath(string path) => Run("$ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($args[0])", path);

    // Only scripts can access the current location and the drives of PowerShell.
    private static Collection<string> Run(string script, string? argument = null)
    {
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);

        // Removes the error from $Error, which also contains caught errors.
        shell.AddScript($"try {{ {script} }} catch {{ $global:Error.RemoveAt(0) }}", useLocalScope: true);
        return shell.AddArgument(argument).Invoke<string>();
    }

    // Without a terminal, so that no plugin prompts for input.
    private static KubeEnvironment SessionEnvironment() =>
        KubeEnvironment.Process with { WorkingFolder = Run("$ExecutionContext.SessionState.Path.CurrentFileSystemLocation.ProviderPath").First() };

    private string[]? KubeConfigPaths() => HasParameter("KubeConfig") ? [.. Texts("KubeConfig").Select(WildcardPattern.Unescape).SelectMany(FullPath)] : null;
}
