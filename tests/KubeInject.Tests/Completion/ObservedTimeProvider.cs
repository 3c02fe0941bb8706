using Microsoft.Extensions.Time.Testing;

namespace KubeInject.Tests.Completion;

/// <summary>A fake clock that reports its first delay.</summary>
internal sealed class ObservedTimeProvider : FakeTimeProvider
{
    private readonly TaskCompletionSource<TimeSpan> wait = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits until the first delay has started, and advances the clock to its end.</summary>
    /// <returns>The duration of the delay.</returns>
    public async Task<TimeSpan> EndWaitAsync()
    {
        var time = await wait.Task;
        Advance(time);
        return time;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        wait.TrySetResult(dueTime);
        return timer;
    }
}
