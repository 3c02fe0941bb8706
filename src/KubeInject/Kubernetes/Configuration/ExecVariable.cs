namespace KubeInject.Kubernetes.Configuration;

/// <summary>An environment variable for an exec plugin.</summary>
/// <param name="Name">The name of the variable.</param>
/// <param name="Value">The value, which may be a secret.</param>
public sealed record ExecVariable(string Name, SensitiveString Value);
