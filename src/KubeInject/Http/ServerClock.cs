namespace KubeInject.Http;

/// <summary>Estimates the clock of a server from the <c>Date</c> headers of its responses.</summary>
/// <param name="time">The clock of this machine.</param>
internal sealed class ServerClock(TimeProvider time)
{
    private const long Unknown = long.MinValue;
    private long offsetTicks = Unknown;

    /// <summary>The current time of the server; null until a response had a date.</summary>
    public DateTimeOffset? Now => Interlocked.Read(ref offsetTicks) is var ticks && ticks == Unknown ? null : time.GetUtcNow().AddTicks(ticks);

    /// <summary>Records the date of a response that has just arrived.</summary>
    public void Update(DateTimeOffset? date)
    {
        if (date is { } serverTime)
            Interlocked.Exchange(ref offsetTicks, (serverTime - time.GetUtcNow()).Ticks);
    }
}
