using System.Globalization;
using KubeInject.Credentials;

namespace KubeInject.Leases;

/// <summary>Compares the clocks that determine the ages of leases.</summary>
internal static class ClockSkew
{
    /// <summary>Exceeds the duration of requests and the usual difference of clocks.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(30);

    /// <summary>Describes differences of more than 30 seconds.</summary>
    /// <param name="records">The records, directly after a store listed them.</param>
    /// <param name="now">The time by this machine's clock.</param>
    /// <returns>A sentence for each clock that differs.</returns>
    public static IEnumerable<string> Describe(LeaseRecordList records, DateTimeOffset now)
    {
        if (records.Now is { } storeTime && (now - storeTime).Duration() > Tolerance)
            yield return $"The clock of this machine is {Format(now - storeTime)} the clock of the server that stores the lease records. The lower of the two ages applies to each lease. Correct the clock.";
        var writers = records.Select(record => Measure(record, records)).Where(skew => skew.Duration() > Tolerance).ToList();
        if (writers.Count > 0)
            yield return $"{(writers.Count == 1 ? "1 lease record was" : $"{writers.Count} lease records were")} written by a machine whose clock is up to {Format(writers.MaxBy(skew => skew.Duration()))} the clock of the server that stores them. The lower of the two ages applies to each lease. Correct that clock.";
    }

    /// <summary>Returns how far the clock of the machine that wrote a record is ahead. If the store has only the last write time, a clock that is behind cannot be detected.</summary>
    private static TimeSpan Measure(LeaseRecord record, LeaseRecordList records)
    {
        var written = records.HasFirstTimes ? record.RecordedAt : record.RenewedAt ?? record.RecordedAt;
        if (written is null || !records.StoredAt.TryGetValue(record.Uuid, out var stored))
            return TimeSpan.Zero;
        var ahead = written.Value - stored;
        return ahead > TimeSpan.Zero || records.HasFirstTimes ? ahead : TimeSpan.Zero;
    }

    private static string Format(TimeSpan skew)
    {
        var duration = skew.Duration();
        var text = duration.TotalMinutes < 2 ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0} s")
            : duration.TotalHours < 2 ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMinutes:0} min")
            : duration.TotalDays < 2 ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalHours:0} h")
            : string.Create(CultureInfo.InvariantCulture, $"{duration.TotalDays:0} days");
        return $"{text} {(skew > TimeSpan.Zero ? "ahead of" : "behind")}";
    }
}
