namespace KubeInject.Controller;

/// <summary>What happens to a pod whose credentials can no longer be extended, in addition to an Event.</summary>
internal enum ExpiryAction
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The pod is evicted, as soon as its disruption budget permits, so that its workload creates a new one.</summary>
    Evict,

    /// <summary>The workload of the pod is restarted, so that it replaces its pods by its own update strategy.</summary>
    Rollout,
}

/// <summary>The names of the actions in settings and annotations.</summary>
internal static class ExpiryActions
{
    public static IReadOnlyDictionary<string, ExpiryAction> ByName { get; } = new Dictionary<string, ExpiryAction>(StringComparer.Ordinal)
    {
        ["none"] = ExpiryAction.None,
        ["evict"] = ExpiryAction.Evict,
        ["rollout"] = ExpiryAction.Rollout,
    };
}
