using System.Collections;

namespace KubeInject.Leases;

/// <summary>The leases of a source at a moment, in the order of their UUIDs, with what could not be read or seen.</summary>
public sealed class CredentialLeaseList : IReadOnlyList<CredentialLease>
{
    private readonly IReadOnlyList<CredentialLease> leases;

    internal CredentialLeaseList(IReadOnlyList<CredentialLease> leases, LeaseRecordList records, LeaseRules rules)
    {
        this.leases = leases;
        Records = records;
        Rules = rules;
    }

    /// <summary>The entries of the store that cannot be read as records: of which source they are is not known.</summary>
    public IReadOnlyList<UnreadableRecord> Unreadable => Records.Unreadable;

    /// <summary>What could not be seen of the owners. A lease whose owner may be there does not show as orphaned.</summary>
    public IReadOnlyList<OwnerGap> Gaps { get; internal init; } = [];

    /// <summary>Those gaps that may hide the owner of a lease of the list.</summary>
    public IEnumerable<OwnerGap> RelevantGaps => Gaps.Where(gap => leases.Any(lease => lease.IsWithoutOwner && gap.MayHide(lease.ToRecord())));

    /// <summary>Other servers of the same kind of source whose leases are recorded in the same store, and are not in the list.</summary>
    public IReadOnlyList<string> OtherServers { get; internal init; } = [];

    /// <inheritdoc/>
    public int Count => leases.Count;

    /// <summary>What is left of leases that another injector has revoked, and that certainly have no owner.</summary>
    internal IReadOnlyList<CredentialLease> RevokedByOthers { get; init; } = [];

    internal LeaseRecordList Records { get; }

    internal LeaseRules Rules { get; }

    /// <inheritdoc/>
    public CredentialLease this[int index] => leases[index];

    /// <inheritdoc/>
    public IEnumerator<CredentialLease> GetEnumerator() => leases.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
