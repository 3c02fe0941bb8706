using System.Collections;

namespace KubeInject.Leases;

/// <summary>A snapshot of the leases of a source, sorted by UUID, with the records and owners that could not be read.</summary>
internal sealed class CredentialLeaseList : IReadOnlyList<CredentialLease>
{
    private readonly IReadOnlyList<CredentialLease> leases;

    internal CredentialLeaseList(IReadOnlyList<CredentialLease> leases, LeaseRecordList records, LeaseRules rules)
    {
        this.leases = leases;
        Records = records;
        Rules = rules;
    }

    /// <summary>The entries of the store that cannot be read as records. Their source is unknown.</summary>
    public IReadOnlyList<UnreadableRecord> Unreadable => Records.Unreadable;

    /// <summary>The resources that could not be searched for owners. A lease whose owner might be among them is not reported as orphaned.</summary>
    public IReadOnlyList<OwnerGap> Gaps { get; internal init; } = [];

    /// <summary>The gaps that might hide the owner of a lease in the list.</summary>
    public IEnumerable<OwnerGap> RelevantGaps => Gaps.Where(gap => leases.Any(lease => lease.IsWithoutOwner && gap.MayHide(lease.ToRecord())));

    /// <summary>Other servers of the same kind of source whose leases are in the same store. Their leases are not in the list.</summary>
    public IReadOnlyList<string> OtherServers { get; internal init; } = [];

    /// <inheritdoc/>
    public int Count => leases.Count;

    /// <summary>The remaining data of leases without an owner that another injector has revoked.</summary>
    internal IReadOnlyList<CredentialLease> RevokedByOthers { get; init; } = [];

    internal LeaseRecordList Records { get; }

    internal LeaseRules Rules { get; }

    /// <inheritdoc/>
    public CredentialLease this[int index] => leases[index];

    /// <inheritdoc/>
    public IEnumerator<CredentialLease> GetEnumerator() => leases.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
