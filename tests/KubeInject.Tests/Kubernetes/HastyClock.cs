using KubeInject.Kubernetes;

namespace KubeInject.Tests.Kubernetes;

/// <summary>A clock on which waits of up to half a minute are over at once, and longer ones never end.</summary>
internal sealed class HastyClock : TimeProvider
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly List<TimeSpan> waits = [];

    public static DateTimeOffset Now { get; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <summary>Whether for a while no wait ends at all.</summary>
    public bool IsStopped { get; set; }

    /// <summary>The waits that there were.</summary>
    public IReadOnlyList<TimeSpan> Waits
    {
        get
        {
            lock (waits)
                return [.. waits];
        }
    }

    /// <summary>The usual rules, by this clock, and always the longest wait.</summary>
    public RequestPolicy Policy => new() { Clock = this, Jitter = () => 1 };

    public override DateTimeOffset GetUtcNow() => Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (IsStopped || dueTime < TimeSpan.Zero || dueTime > Longest)
            return new NoTimer();
        lock (waits)
            waits.Add(dueTime);
        return System.CreateTimer(callback, state, TimeSpan.Zero, period);
    }

    private sealed class NoTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
            // There is nothing to end.
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
