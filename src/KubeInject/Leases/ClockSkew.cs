using System.Globalization;

namespace KubeInject.Leases;

/// <summary>Compares the clocks that the ages of leases are taken by.</summary>
internal static class ClockSkew
{
    /// <summary>More than what requests take and clocks usually differ by.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(30);

    /// <summary>What differs by more than half a minute.</summary>
    /// <param name="records">The records that a store has just listed.</param>
    /// <param name="now">The time by this machine's clock.</param>
    /// <returns>A sentence for each clock that differs.</returns>
    public static IEnumerable<string> Of(LeaseRecordList records, DateTimeOffset now)
    {
        if (records.Now is { } there && (now - there).Duration() > Tolerance)
            yield return $"The clock of this machine is {Describe(now - there)} the clock of the server that stores the lease records. The lower of the two ages applies to each lease. Correct the clock.";
        var writers = records.Select(record => Of(record, records)).Where(skew => skew.Duration() > Tolerance).ToList();
        if (writers.Count > 0)
            yield return $"{writers.Count} lease records were written by a machine whose clock is up to {Describe(writers.MaxBy(skew => skew.Duration()))} the clock of the server that stores them. The lower of the two ages applies to each lease. Correct that clock.";
    }

    /// <summary>How far the clock of the machine that wrote a record is ahead. Of a store that knows the last time alone it is not known how far it is behind.</summary>
    private static TimeSpan Of(LeaseRecord record, LeaseRecordList records)
    {
        var written = records.HasFirstTimes ? record.RecordedAt : record.RenewedAt ?? record.RecordedAt;
        if (written is null || !records.StoredAt.TryGetValue(record.Uuid, out var stored))
            return TimeSpan.Zero;
        var ahead = written.Value - stored;
        return ahead > TimeSpan.Zero || records.HasFirstTimes ? ahead : TimeSpan.Zero;
    }

    private static string Describe(TimeSpan skew)
    {
        var by = skew.Duration();
        var text = by.TotalMinutes < 2 ? string.Create(CultureInfo.InvariantCulture, $"{by.TotalSeconds:0} s")
            : by.TotalHours < 2 ? string.Create(CultureInfo.InvariantCulture, $"{by.TotalMinutes:0} min")
            : by.TotalDays < 2 ? string.Create(CultureInfo.InvariantCulture, $"{by.TotalHours:0} h")
            : string.Create(CultureInfo.InvariantCulture, $"{by.TotalDays:0} days");
        return $"{text} {(skew > TimeSpan.Zero ? "ahead of" : "behind")}";
    }
}
