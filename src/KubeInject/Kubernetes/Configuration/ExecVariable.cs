namespace KubeInject.Kubernetes.Configuration;

/// <summary>An environment variable for an exec plugin.</summary>
/// <param name="Name">The variable's name.</param>
/// <param name="Value">Its value, which may be a secret.</param>
public sealed record ExecVariable(string Name, SensitiveString Value);
