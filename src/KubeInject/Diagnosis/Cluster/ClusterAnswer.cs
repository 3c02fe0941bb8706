namespace KubeInject.Diagnosis.Cluster;

/// <summary>The answer of a cluster to a query.</summary>
/// <param name="Value">The result; null if it does not exist, or if the query failed.</param>
/// <param name="Problem">Why the query failed, in one sentence, such as a missing permission; null if it succeeded.</param>
internal sealed record ClusterAnswer<T>(T? Value, string? Problem = null)
    where T : class;
