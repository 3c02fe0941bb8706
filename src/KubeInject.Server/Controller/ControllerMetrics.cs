using System.Diagnostics.Metrics;
using KubeInject.Leases;

namespace KubeInject.Controller;

/// <summary>The metrics of the controller. No tag has the name of an object or a UUID.</summary>
internal sealed class ControllerMetrics : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "KubeInject";

    private readonly Meter meter = new(MeterName);
    private readonly Counter<long> issues;
    private readonly Counter<long> renewals;
    private readonly Counter<long> revocations;
    private readonly string source;
    private readonly TimeProvider time;

    /// <param name="source">The name of the credential source.</param>
    /// <param name="time">The clock.</param>
    public ControllerMetrics(string source, TimeProvider time)
    {
        this.source = source;
        this.time = time;
        issues = meter.CreateCounter<long>("kubeinject_issues_total");
        renewals = meter.CreateCounter<long>("kubeinject_renewals_total");
        revocations = meter.CreateCounter<long>("kubeinject_revocations_total");
        meter.CreateObservableGauge("kubeinject_leases", MeasureLeases);
        meter.CreateObservableGauge("kubeinject_next_expiry_seconds", MeasureNextExpiry);
        meter.CreateObservableGauge("kubeinject_leader", () => IsLeader() ? 1L : 0L);
        meter.CreateObservableGauge("kubeinject_queue_length", () => (long)QueueLength());
    }

    /// <summary>The leases that the leader knows. Null if this process does not lead.</summary>
    public PodLeases? Leases { get; set; }

    /// <summary>Returns whether this process leads.</summary>
    public Func<bool> IsLeader { get; set; } = () => false;

    /// <summary>Returns the number of pods that wait to be processed.</summary>
    public Func<int> QueueLength { get; set; } = () => 0;

    /// <summary>Counts a credential that was or was not issued: <c>issued</c>, <c>refused</c>, <c>failed</c>.</summary>
    public void CountIssue(string result, int count = 1) => Add(issues, result, count);

    /// <summary>Counts a renewal: <c>renewed</c>, <c>ended</c>, <c>failed</c>.</summary>
    public void CountRenewal(string result, int count = 1) => Add(renewals, result, count);

    /// <summary>Counts a revocation: <c>revoked</c>, <c>failed</c>.</summary>
    public void CountRevocation(string result, int count = 1) => Add(revocations, result, count);

    public void Dispose() => meter.Dispose();

    private void Add(Counter<long> counter, string result, int count)
    {
        if (count > 0)
            counter.Add(count, new KeyValuePair<string, object?>("source", source), new KeyValuePair<string, object?>("result", result));
    }

    private IEnumerable<Measurement<long>> MeasureLeases()
    {
        var now = time.GetUtcNow();
        var counts = (Leases?.All ?? []).GroupBy(record => LeaseInventory.StateAt(record, isAbandoned: false, now)).ToDictionary(group => group.Key, group => group.LongCount());
        return ((LeaseState[])[LeaseState.Active, LeaseState.Expiring, LeaseState.Expired, LeaseState.Incomplete])
            .Select(state => new Measurement<long>(counts.GetValueOrDefault(state), new KeyValuePair<string, object?>("state", $"{state}".ToLowerInvariant())));
    }

    private double MeasureNextExpiry() => (Leases?.All ?? []).Min(record => record.ExpiresAt) is { } next ? (next - time.GetUtcNow()).TotalSeconds : double.PositiveInfinity;
}
