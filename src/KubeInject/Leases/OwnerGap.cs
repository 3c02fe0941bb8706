namespace KubeInject.Leases;

/// <summary>Something of a cluster that could not be seen while owners of leases were looked for.</summary>
/// <param name="Kind">What that means for leases.</param>
/// <param name="Resource">The resource: <c>deployments.apps</c>, <c>pods</c>.</param>
/// <param name="Reason">Why, in one sentence.</param>
public sealed record OwnerGap(OwnerGapKind Kind, string Resource, string Reason)
{
    /// <summary>The right that is missing, as a rule of a ClusterRole grants it: <c>list deployments.apps in all namespaces</c>; null if no right would help.</summary>
    public string? MissingRight { get; init; }

    /// <summary>Whether the owner of a lease may be in what could not be seen.</summary>
    /// <param name="record">The lease.</param>
    internal bool MayHide(LeaseRecord record) => Kind switch
    {
        OwnerGapKind.CustomResources => !LeaseOwnerKinds.AreKnown(record.Owner.Kind),
        OwnerGapKind.Cluster => record.ClusterUid is not null,
        _ => true,
    };

    /// <summary>The gap in one line.</summary>
    /// <returns>What could not be seen, why, and what to do.</returns>
    public override string ToString()
    {
        var right = MissingRight is null ? "" : $" Grant the right to {MissingRight}.";
        return $"{Resource}: {Reason}{(Reason.EndsWith('.') ? "" : ".")}{right}";
    }
}
