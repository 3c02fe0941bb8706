namespace KubeInject.Kubernetes;

/// <summary>Why a server's certificate was turned down.</summary>
internal sealed record TrustFailure(KubeConnectionFailure Reason, string Message);
