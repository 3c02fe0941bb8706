namespace KubeInject.Tests.Completion;

/// <summary>A clock on which a wait is over when the test says so.</summary>
internal sealed class EndingClock : TimeProvider
{
    private readonly TaskCompletionSource<(TimeSpan Time, Action End)> wait = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends the wait, once somebody waits.</summary>
    /// <returns>How long it was meant to be.</returns>
    public async Task<TimeSpan> EndAsync()
    {
        var (time, end) = await wait.Task;
        end();
        return time;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        wait.TrySetResult((dueTime, () => timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan)));
        return timer;
    }
}
