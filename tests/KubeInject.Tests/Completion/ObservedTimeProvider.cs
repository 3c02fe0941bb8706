using Microsoft.Extensions.Time.Testing;

namespace KubeInject.Tests.Completion;

/// <summary>A fake clock that reports its first wait.</summary>
internal sealed class ObservedTimeProvider : FakeTimeProvider
{
    private readonly TaskCompletionSource<TimeSpan> wait = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits until the first wait has started, and moves the clock to its end.</summary>
    /// <returns>How long the wait was.</returns>
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
