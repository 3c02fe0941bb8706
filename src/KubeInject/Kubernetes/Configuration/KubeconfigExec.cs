namespace KubeInject.Kubernetes.Configuration;

/// <summary>The exec plugin of a user entry in a kubeconfig.</summary>
internal sealed record KubeconfigExec
{
    /// <summary>The API version of the credential exchange: <c>client.authentication.k8s.io/v1</c> or <c>v1beta1</c>.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>The command: a program name to look up in PATH or, if it contains a slash, a path.</summary>
    public string? Command { get; init; }

    /// <summary>The arguments, which may be secrets.</summary>
    public IReadOnlyList<SensitiveString> Arguments { get; init; } = [];

    /// <summary>Environment variables in addition to those of this process.</summary>
    public IReadOnlyList<ExecVariable> Variables { get; init; } = [];

    /// <summary>Instructions to install the plugin; null for none.</summary>
    public string? InstallHint { get; init; }

    /// <summary>Whether the plugin can prompt the user: <c>Never</c>, <c>IfAvailable</c> or <c>Always</c>.</summary>
    public string? InteractiveMode { get; init; }

    /// <summary>Whether the plugin receives information about the cluster.</summary>
    public bool ProvideClusterInfo { get; init; }
}
