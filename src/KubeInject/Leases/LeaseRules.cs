namespace KubeInject.Leases;

/// <summary>What may be concluded about a lease from its record, its age, and what was seen of the cluster. Pure: no I/O, no clock.</summary>
/// <param name="records">The records that the lease is one of.</param>
/// <param name="view">What was seen; null if there is no cluster, and nothing is known of owners.</param>
/// <param name="gracePeriod">How old a lease has to be before the lack of an owner means anything.</param>
internal sealed class LeaseRules(LeaseRecordList records, OwnerView? view, TimeSpan gracePeriod)
{
    /// <summary>What a clock tells is exact to a second: the Date of an HTTP answer.</summary>
    private static readonly TimeSpan Resolution = TimeSpan.FromSeconds(1);

    /// <summary>No lease is older than this; a clock that was never set says so.</summary>
    private static readonly TimeSpan LongestAge = TimeSpan.FromDays(3650);

    private readonly bool isOfCluster = view is not null && BelongTo(records, view.Cluster);

    /// <summary>What is to be done with a lease.</summary>
    /// <param name="record">The lease.</param>
    /// <param name="now">The time by this machine's clock.</param>
    /// <returns>The action; and why, if that is to keep it.</returns>
    public (LeaseAction Action, LeaseKeepReason Reason) Judge(LeaseRecord record, DateTimeOffset now)
    {
        if (IsOfOtherCluster(record))
            return (LeaseAction.Keep, LeaseKeepReason.OtherCluster);
        if (view?.Find(record.Uuid) is not null)
            return record is { IsComplete: true, IsRenewable: true } ? (LeaseAction.Renew, LeaseKeepReason.None) : (LeaseAction.Keep, LeaseKeepReason.None);
        if (view is null)
            return (LeaseAction.Keep, LeaseKeepReason.OwnersNotSeen);
        if (AgeOf(record, now) is not { } age)
            return (LeaseAction.Keep, LeaseKeepReason.UnknownAge);
        if (age < gracePeriod)
            return (LeaseAction.Keep, LeaseKeepReason.GracePeriod);
        if (view.GapFor(record) is not null)
            return (LeaseAction.Keep, LeaseKeepReason.OwnersNotSeen);
        if (record.ClusterUid is null && !isOfCluster)
            return (LeaseAction.Keep, LeaseKeepReason.UnknownCluster);
        return (record.IsComplete ? LeaseAction.Revoke : LeaseAction.CleanUp, LeaseKeepReason.None);
    }

    /// <summary>Whether everything that may own a lease of this cluster was seen, and does not.</summary>
    public bool IsWithoutOwner(LeaseRecord record) =>
        view is not null && !IsOfOtherCluster(record) && (record.ClusterUid is not null || isOfCluster) && view.Find(record.Uuid) is null && view.GapFor(record) is null;

    /// <summary>The age of a lease: the lesser of the age of its record by the clock that keeps it, and the age that the record has by this machine's clock.</summary>
    /// <returns>Null if that is not known, or makes no sense.</returns>
    public TimeSpan? AgeOf(LeaseRecord record, DateTimeOffset now)
    {
        if (records.AgeOf(record) is not { } kept)
            return null;
        var age = now - record.RecordedAt is { } own && own < kept ? own : kept;
        return age < -Resolution || age > LongestAge ? null : age < TimeSpan.Zero ? TimeSpan.Zero : age;
    }

    /// <summary>Whether a record that names no cluster is to name this one from now on: its owner lives here, and its store does not say it.</summary>
    public bool NeedsCluster(LeaseRecord record) =>
        record.ClusterUid is null && view is { Cluster.Uid: not null } && !isOfCluster && record.IsComplete && view.Find(record.Uuid) is not null;

    /// <summary>The record as it is to be written: one that is to name this cluster does.</summary>
    public LeaseRecord WithCluster(LeaseRecord record) => NeedsCluster(record) ? record with { ClusterUid = view!.Cluster.Uid } : record;

    /// <summary>Whether a record names another cluster than this one.</summary>
    private bool IsOfOtherCluster(LeaseRecord record) => view?.Cluster.Uid is { } uid && record.ClusterUid is { } named && named != uid;

    /// <summary>Whether all records of a store that name no cluster are this one's. A store that was meant for one and has another's records is not.</summary>
    private static bool BelongTo(LeaseRecordList records, ClusterIdentity cluster) =>
        records.Cluster is { } own ? own.IsSame(cluster)
        : records.Scope == LeaseStoreScope.OneCluster && !records.Any(record => record.ClusterUid is { } named && cluster.Uid is not null && named != cluster.Uid);
}
