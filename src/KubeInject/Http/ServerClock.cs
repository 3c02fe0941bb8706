namespace KubeInject.Http;

/// <summary>A server's clock, by the <c>Date</c> of its answers.</summary>
/// <param name="time">This machine's clock.</param>
internal sealed class ServerClock(TimeProvider time)
{
    private const long Unknown = long.MinValue;
    private long ahead = Unknown;

    /// <summary>What time it is there; null while no answer has said.</summary>
    public DateTimeOffset? Now => Interlocked.Read(ref ahead) is var ticks && ticks == Unknown ? null : time.GetUtcNow().AddTicks(ticks);

    /// <summary>Notes the date of an answer that has just arrived.</summary>
    public void Note(DateTimeOffset? date)
    {
        if (date is { } there)
            Interlocked.Exchange(ref ahead, (there - time.GetUtcNow()).Ticks);
    }
}
