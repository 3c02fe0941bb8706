using KubeInject.Credentials;

namespace KubeInject.Controller;

/// <summary>Determines when a lease is renewed, or its end announced: after about half of the time that was granted last.</summary>
internal static class RenewalTime
{
    // Leases that were issued at the same time are not renewed at the same time.
    private const double Earliest = 0.45;
    private const double Range = 0.1;

    /// <summary>Returns when a lease has to be renewed, or its end announced if it is not renewable. The result depends only on the record, so that a restart renews nothing early.</summary>
    /// <param name="record">The record of the lease.</param>
    /// <param name="now">The current time.</param>
    /// <returns>The time; null if the lease does not expire or is incomplete.</returns>
    public static DateTimeOffset? DueAt(LeaseRecord record, DateTimeOffset now)
    {
        if (record is not { IsComplete: true, ExpiresAt: { } end })
            return null;
        if ((record.RenewedAt ?? record.RecordedAt) is not { } start || end <= start)
            return now;
        return start + ((end - start) * (Earliest + (Range * PositionOf(record.Uuid))));
    }

    /// <summary>
    /// Whether a renewal reached the longest time that the source allows: the end moved by much less than the time that has passed.
    /// No renewal can extend such a lease.
    /// </summary>
    /// <param name="before">The record before the renewal.</param>
    /// <param name="renewed">The record after the renewal.</param>
    public static bool HasReachedLimit(LeaseRecord before, LeaseRecord renewed) =>
        renewed.ExpiresAt - before.ExpiresAt < (renewed.RenewedAt - (before.RenewedAt ?? before.RecordedAt)) / 2;

    /// <summary>Returns a number between 0 and 1 that is always the same for a UUID.</summary>
    private static double PositionOf(Guid uuid) => BitConverter.ToUInt32(uuid.ToByteArray(), 0) / (uint.MaxValue + 1.0);
}
