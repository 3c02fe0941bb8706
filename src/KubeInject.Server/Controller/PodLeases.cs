using System.Collections.Concurrent;
using KubeInject.Credentials;

namespace KubeInject.Controller;

/// <summary>The pods with leases that the leader knows. The records in the store are authoritative; this is a copy to find them and to know when to renew.</summary>
/// <param name="time">The clock.</param>
internal sealed class PodLeases(TimeProvider time)
{
    // A pod that names more leases is not served. Its annotation must not cause any number of requests.
    private const int MaxNamed = 256;

    private readonly ConcurrentDictionary<PodKey, Entry> pods = new();

    /// <summary>The complete leases, for metrics.</summary>
    public IEnumerable<LeaseRecord> All => pods.Values.SelectMany(entry => entry.Records.Values);

    /// <summary>Records that a pod names leases in its annotation, whether or not they are its own.</summary>
    public void Name(PodKey pod, IEnumerable<Guid> leases)
    {
        var entry = EntryOf(pod);
        foreach (var lease in leases.Take(MaxNamed))
            entry.Named.TryAdd(lease, true);
    }

    /// <summary>Records the lease of a pod.</summary>
    public void Track(PodKey pod, LeaseRecord record)
    {
        var entry = EntryOf(pod);
        entry.Records[record.Uuid] = record;
        entry.Named.TryAdd(record.Uuid, true);
    }

    /// <summary>Returns the tracked leases by their UUID.</summary>
    public IReadOnlyDictionary<Guid, LeaseRecord> ToDictionary() => All.GroupBy(record => record.Uuid).ToDictionary(group => group.Key, group => group.First());

    /// <summary>Stops tracking leases whose records another program has removed. A lease that was tracked again in the meantime is kept.</summary>
    /// <param name="removed">The leases by their UUID, as they were tracked before the records were read.</param>
    public void Untrack(IReadOnlyDictionary<Guid, LeaseRecord> removed)
    {
        foreach (var entry in removed.Count == 0 ? [] : pods.Values)
        {
            foreach (var uuid in entry.Records.Keys)
            {
                if (removed.TryGetValue(uuid, out var record) && entry.Records.TryRemove(KeyValuePair.Create(uuid, record)))
                    entry.Final.TryRemove(uuid, out _);
            }
        }
    }

    /// <summary>Records that the lease of a pod can no longer be extended.</summary>
    public void EndRenewal(PodKey pod, Guid lease) => EntryOf(pod).Final.TryAdd(lease, true);

    /// <summary>Returns the time until a lease of a pod expires that can no longer be extended. Null if all leases can be.</summary>
    public TimeSpan? UntilEnd(PodKey pod)
    {
        if (!pods.TryGetValue(pod, out var entry) || entry.Final.IsEmpty)
            return null;
        var now = time.GetUtcNow();
        var ends = entry.Records.Values.Where(record => entry.Final.ContainsKey(record.Uuid)).Select(record => record.ExpiresAt ?? now).ToList();
        return ends.Count == 0 ? null : ends.Min() - now;
    }

    /// <summary>Removes a lease that no longer exists.</summary>
    public void Remove(PodKey pod, Guid lease)
    {
        if (!pods.TryGetValue(pod, out var entry))
            return;
        entry.Records.TryRemove(lease, out _);
        entry.Named.TryRemove(lease, out _);
        entry.Final.TryRemove(lease, out _);
    }

    /// <summary>Removes a pod that no longer exists.</summary>
    public void Forget(PodKey pod) => pods.TryRemove(pod, out _);

    /// <summary>Records whether a pod has everything that it requests.</summary>
    public void Settle(PodKey pod, bool isSettled) => EntryOf(pod).IsSettled = isSettled;

    /// <summary>Whether a pod has everything that it requests.</summary>
    public bool IsSettled(PodKey pod) => pods.TryGetValue(pod, out var entry) && entry.IsSettled;

    /// <summary>Returns the leases that a pod names or has.</summary>
    public IReadOnlyList<Guid> NamedBy(PodKey pod) => pods.TryGetValue(pod, out var entry) ? [.. entry.Named.Keys.Order()] : [];

    /// <summary>Returns the leases of a pod that are due for renewal, or whose end has to be announced.</summary>
    public IReadOnlyList<LeaseRecord> DueOf(PodKey pod)
    {
        var now = time.GetUtcNow();
        return [.. Renewable(pod).Where(record => RenewalTime.DueAt(record, now) <= now)];
    }

    /// <summary>Returns the time until the next renewal of a lease of a pod. Null if there is none.</summary>
    public TimeSpan? UntilNextRenewal(PodKey pod)
    {
        var now = time.GetUtcNow();
        return Renewable(pod).Min(record => RenewalTime.DueAt(record, now)) - now;
    }

    private IEnumerable<LeaseRecord> Renewable(PodKey pod) =>
        pods.TryGetValue(pod, out var entry) ? entry.Records.Values.Where(record => !entry.Final.ContainsKey(record.Uuid)) : [];

    private Entry EntryOf(PodKey pod) => pods.GetOrAdd(pod, _ => new Entry());

    private sealed class Entry
    {
        public ConcurrentDictionary<Guid, LeaseRecord> Records { get; } = new();

        public ConcurrentDictionary<Guid, bool> Named { get; } = new();

        public ConcurrentDictionary<Guid, bool> Final { get; } = new();

        public bool IsSettled { get; set; }
    }
}
