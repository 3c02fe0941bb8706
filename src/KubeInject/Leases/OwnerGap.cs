using KubeInject.Credentials;

namespace KubeInject.Leases;

/// <summary>A resource that could not be read during the search for owners.</summary>
/// <param name="Kind">The category, which determines the affected leases.</param>
/// <param name="Resource">The resource, for example <c>deployments.apps</c> or <c>pods</c>.</param>
/// <param name="Reason">The reason in one sentence.</param>
public sealed record OwnerGap(OwnerGapKind Kind, string Resource, string Reason)
{
    /// <summary>The missing permission of a ClusterRole, for example <c>list deployments.apps in all namespaces</c>; null if the reason is not a missing permission.</summary>
    public string? MissingRight { get; init; }

    /// <summary>Whether the owner of a lease might be among the objects that could not be read.</summary>
    /// <param name="record">The record of the lease.</param>
    internal bool MayHide(LeaseRecord record) => Kind switch
    {
        OwnerGapKind.CustomResources => !LeaseOwnerKinds.IsKnown(record.Owner.Kind),
        OwnerGapKind.Cluster => record.ClusterUid is not null,
        _ => true,
    };

    /// <summary>Describes the gap in one line.</summary>
    /// <returns>The resource, the reason and the remedy.</returns>
    public override string ToString()
    {
        var right = MissingRight is null ? "" : $" Grant the right to {MissingRight}.";
        return $"{Resource}: {Reason}{(Reason.EndsWith('.') ? "" : ".")}{right}";
    }
}

/// <summary>The category of an <see cref="OwnerGap"/>.</summary>
public enum OwnerGapKind
{
    /// <summary>Pods or built-in workloads. The owner of any lease can be among them.</summary>
    Workloads,

    /// <summary>Custom resources. The owner of a lease that was issued for a custom resource can be among them.</summary>
    CustomResources,

    /// <summary>The identity of the cluster. A lease whose record names a cluster can belong to another cluster.</summary>
    Cluster,
}
