namespace KubeInject.IntegrationTests.Controller;

/// <summary>Ends a controller like SIGKILL: from a certain step on, none of its calls has an effect, not even those of a rollback.</summary>
/// <param name="stepsToLive">The number of steps that the controller completes.</param>
internal sealed class KillSwitch(int stepsToLive = int.MaxValue)
{
    private readonly TaskCompletionSource killed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int remaining = stepsToLive;

    /// <summary>Completes when the controller is killed.</summary>
    public Task Killed => killed.Task;

    public bool IsDead => killed.Task.IsCompleted;

    public void Kill() => killed.TrySetResult();

    /// <summary>Passes a step, before or after its effect.</summary>
    public void Step()
    {
        if (Interlocked.Decrement(ref remaining) < 0)
            Kill();
        if (IsDead)
            throw new OperationCanceledException("The controller was killed.");
    }
}
