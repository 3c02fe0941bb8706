namespace KubeInject.Kubernetes.Configuration;

/// <summary>A program that is run for a token or a client certificate.</summary>
/// <remarks>Prints no argument and no value of a variable: both may be secrets.</remarks>
public sealed record ExecPlugin
{
    /// <summary>The group of the exchange's versions.</summary>
    internal const string Group = "client.authentication.k8s.io/";

    /// <summary>The version of the exchange: <c>client.authentication.k8s.io/v1</c> (default) or <c>v1beta1</c>.</summary>
    public string ApiVersion { get; init; } = $"{Group}v1";

    /// <summary>The command: a name to look up in PATH, or a path.</summary>
    public required string Command { get; init; }

    /// <summary>The arguments.</summary>
    public IReadOnlyList<SensitiveString> Arguments { get; init; } = [];

    /// <summary>Environment variables on top of those of this process.</summary>
    public IReadOnlyList<ExecVariable> Variables { get; init; } = [];

    /// <summary>How to get the plugin where it is missing.</summary>
    public string? InstallHint { get; init; }

    /// <summary>Whether the plugin may ask the user something. Default: <see cref="ExecInteractiveMode.IfAvailable"/>.</summary>
    public ExecInteractiveMode InteractiveMode { get; init; } = ExecInteractiveMode.IfAvailable;

    /// <summary>Whether the plugin is told about the cluster. Default: false.</summary>
    public bool ProvideClusterInfo { get; init; }

    /// <summary>What the cluster's entry has to tell the plugin, as JSON.</summary>
    internal string? ClusterConfig { get; init; }
}
