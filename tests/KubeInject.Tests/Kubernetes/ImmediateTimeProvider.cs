using KubeInject.Kubernetes.Client;
using Microsoft.Extensions.Time.Testing;

namespace KubeInject.Tests.Kubernetes;

/// <summary>A fake clock that advances past each delay of up to 30 seconds as soon as the delay starts.</summary>
internal sealed class ImmediateTimeProvider() : FakeTimeProvider(StartTime)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly List<TimeSpan> waits = [];

    public static DateTimeOffset StartTime { get; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <summary>The delays of up to 30 seconds, in order.</summary>
    public IReadOnlyList<TimeSpan> Waits
    {
        get
        {
            lock (waits)
                return [.. waits];
        }
    }

    /// <summary>The default policy with this clock, and always the longest delay.</summary>
    public KubeRetryPolicy Policy => new() { Clock = this, Jitter = () => 1 };

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime < TimeSpan.Zero || dueTime > Longest)
            return timer;
        lock (waits)
            waits.Add(dueTime);
        Advance(dueTime);
        return timer;
    }
}
