namespace KubeInject.Kubernetes.Configuration;

/// <summary>The exec plugin of a user, as it stands in a kubeconfig.</summary>
public sealed record KubeconfigExec
{
    /// <summary>The version of the exchange: <c>client.authentication.k8s.io/v1</c> or <c>v1beta1</c>.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>The command: a name to look up in PATH or, with a slash in it, a path.</summary>
    public string? Command { get; init; }

    /// <summary>The arguments, which may be secrets.</summary>
    public IReadOnlyList<SensitiveString> Arguments { get; init; } = [];

    /// <summary>Environment variables on top of those of this process.</summary>
    public IReadOnlyList<ExecVariable> Variables { get; init; } = [];

    /// <summary>How to get the plugin where it is missing.</summary>
    public string? InstallHint { get; init; }

    /// <summary>Whether the plugin may ask the user something: <c>Never</c>, <c>IfAvailable</c> or <c>Always</c>.</summary>
    public string? InteractiveMode { get; init; }

    /// <summary>Whether the plugin is told about the cluster.</summary>
    public bool ProvideClusterInfo { get; init; }
}
