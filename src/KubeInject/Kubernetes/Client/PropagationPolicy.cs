namespace KubeInject.Kubernetes.Client;

/// <summary>What becomes of the objects that belong to a deleted one.</summary>
public enum PropagationPolicy
{
    /// <summary>They are deleted after it.</summary>
    Background,

    /// <summary>They are deleted before it.</summary>
    Foreground,

    /// <summary>They stay.</summary>
    Orphan,
}
