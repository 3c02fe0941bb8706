namespace KubeInject.Diagnosis.Cluster;

/// <summary>What a cluster has to say to a question.</summary>
/// <param name="Value">What was asked for; null where there is no such thing, and where no answer was to be had.</param>
/// <param name="Problem">Why no answer was to be had, in one sentence: which right is missing; null where there is one.</param>
internal sealed record ClusterAnswer<T>(T? Value, string? Problem = null)
    where T : class;
