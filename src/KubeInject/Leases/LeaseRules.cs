using KubeInject.Credentials;

namespace KubeInject.Leases;

/// <summary>Decides what a sweep does with a lease, based on its record, its age, and the owners in the cluster. Has no I/O and no clock.</summary>
/// <param name="records">The snapshot of the store.</param>
/// <param name="view">The owners in the cluster; null without a connection, and then the owners are unknown.</param>
/// <param name="gracePeriod">The minimum age of a lease before it is revoked for lack of an owner.</param>
internal sealed class LeaseRules(LeaseRecordList records, OwnerView? view, TimeSpan gracePeriod)
{
    /// <summary>The resolution of server clocks: the Date header of HTTP has whole seconds.</summary>
    private static readonly TimeSpan Resolution = TimeSpan.FromSeconds(1);

    /// <summary>The maximum plausible age of a lease. A clock that was never set results in a greater age.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(3650);

    private readonly bool isOfCluster = view is not null && BelongTo(records, view.Cluster);

    /// <summary>Decides the action for a lease.</summary>
    /// <param name="record">The record of the lease.</param>
    /// <param name="now">The current time by the clock of this machine.</param>
    /// <returns>The action, and the reason if the lease is kept.</returns>
    public (LeaseAction Action, LeaseKeepReason Reason) Decide(LeaseRecord record, DateTimeOffset now)
    {
        if (IsOfOtherCluster(record))
            return (LeaseAction.Keep, LeaseKeepReason.OtherCluster);
        if (view?.HasOwner(record.Uuid) == true)
            return record is { IsComplete: true, IsRenewable: true } && IsDue(record, now) ? (LeaseAction.Renew, LeaseKeepReason.None) : (LeaseAction.Keep, LeaseKeepReason.None);
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

    /// <summary>Whether a lease of this cluster certainly has no owner: all possible owners were read, and none uses the lease.</summary>
    public bool IsWithoutOwner(LeaseRecord record) =>
        view is not null && !IsOfOtherCluster(record) && (record.ClusterUid is not null || isOfCluster) && !view.HasOwner(record.Uuid) && view.GapFor(record) is null;

    /// <summary>Returns the age of a lease: the lower of the age by the clock of the store and the age by the clock of this machine.</summary>
    /// <returns>The age; null if it is unknown or not plausible.</returns>
    public TimeSpan? AgeOf(LeaseRecord record, DateTimeOffset now)
    {
        if (records.AgeOf(record) is not { } storeAge)
            return null;
        var age = now - record.RecordedAt is { } ownAge && ownAge < storeAge ? ownAge : storeAge;
        return age < -Resolution || age > MaxAge ? null : age < TimeSpan.Zero ? TimeSpan.Zero : age;
    }

    /// <summary>Whether the UID of this cluster must be added to a record: its owner is in this cluster, and neither the record nor the store identifies the cluster.</summary>
    public bool NeedsCluster(LeaseRecord record) =>
        record.ClusterUid is null && view is { Cluster.Uid: not null } && !isOfCluster && record.IsComplete && view.HasOwner(record.Uuid);

    /// <summary>Returns the record with the UID of this cluster if it must be added.</summary>
    public LeaseRecord WithCluster(LeaseRecord record) => NeedsCluster(record) ? record with { ClusterUid = view!.Cluster.Uid } : record;

    /// <summary>
    /// Whether a lease must be renewed: a third of the time that was granted last has passed by the clock of the store or of this
    /// machine, or the times are unknown or not plausible. The next sweep can be two thirds of that time away.
    /// </summary>
    private bool IsDue(LeaseRecord record, DateTimeOffset now)
    {
        if (record.ExpiresAt is not { } end || (record.RenewedAt ?? record.RecordedAt) is not { } start || start > now || start >= end)
            return true;
        var latest = records.Now > now ? records.Now.Value : now;
        return latest - start >= (end - start) / 3;
    }

    /// <summary>Whether a record names a different cluster.</summary>
    private bool IsOfOtherCluster(LeaseRecord record) => view?.Cluster.Uid is { } uid && record.ClusterUid is { } named && named != uid;

    /// <summary>Whether records that name no cluster belong to this cluster. They do not if a store for one cluster has records of another cluster.</summary>
    private static bool BelongTo(LeaseRecordList records, ClusterIdentity cluster) =>
        records.Cluster is { } own ? own.IsSame(cluster)
        : records.Scope == LeaseStoreScope.OneCluster && !records.Any(record => record.ClusterUid is { } named && cluster.Uid is not null && named != cluster.Uid);
}
