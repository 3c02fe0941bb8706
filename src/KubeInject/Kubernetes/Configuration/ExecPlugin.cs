namespace KubeInject.Kubernetes.Configuration;

/// <summary>A program that provides a token or a client certificate.</summary>
/// <remarks>The text form contains no arguments and no values of variables, because they may be secrets.</remarks>
public sealed record ExecPlugin
{
    /// <summary>The API group of the credential exchange, with a slash.</summary>
    internal const string Group = "client.authentication.k8s.io/";

    /// <summary>The API version of the credential exchange: <c>client.authentication.k8s.io/v1</c> (default) or <c>v1beta1</c>.</summary>
    public string ApiVersion { get; init; } = $"{Group}v1";

    /// <summary>The command: a program name to look up in PATH, or a path.</summary>
    public required string Command { get; init; }

    /// <summary>The arguments.</summary>
    public IReadOnlyList<SensitiveString> Arguments { get; init; } = [];

    /// <summary>Environment variables in addition to those of this process.</summary>
    public IReadOnlyList<ExecVariable> Variables { get; init; } = [];

    /// <summary>Instructions to install the plugin; null for none.</summary>
    public string? InstallHint { get; init; }

    /// <summary>Whether the plugin can prompt the user. Default: <see cref="ExecInteractiveMode.IfAvailable"/>.</summary>
    public ExecInteractiveMode InteractiveMode { get; init; } = ExecInteractiveMode.IfAvailable;

    /// <summary>Whether the plugin receives information about the cluster. Default: false.</summary>
    public bool ProvideClusterInfo { get; init; }

    /// <summary>The configuration for the plugin from the cluster entry, as JSON.</summary>
    internal string? ClusterConfig { get; init; }
}

/// <summary>An environment variable for an exec plugin.</summary>
/// <param name="Name">The name of the variable.</param>
/// <param name="Value">The value, which may be a secret.</param>
public sealed record ExecVariable(string Name, SensitiveString Value);

/// <summary>Whether an exec plugin can prompt the user.</summary>
public enum ExecInteractiveMode
{
    /// <summary>The plugin has no standard input.</summary>
    Never,

    /// <summary>The plugin inherits the standard input if it is a terminal.</summary>
    IfAvailable,

    /// <summary>The plugin requires the standard input and does not run if it is not a terminal.</summary>
    Always,
}
