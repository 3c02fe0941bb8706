namespace KubeInject.Kubernetes.Client;

/// <summary>How the dependents of a deleted object are deleted.</summary>
internal enum PropagationPolicy
{
    /// <summary>Dependents are deleted after the object.</summary>
    Background,

    /// <summary>Dependents are deleted before the object.</summary>
    Foreground,

    /// <summary>Dependents are kept.</summary>
    Orphan,
}
