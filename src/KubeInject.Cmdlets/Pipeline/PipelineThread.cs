using System.Collections.Concurrent;

namespace KubeInject.Cmdlets;

/// <summary>
/// The one bridge between PowerShell's pipeline thread, on which alone a cmdlet may write, and the asynchronous engine.
/// </summary>
internal sealed class PipelineThread
{
    private readonly BlockingCollection<Action> queue = [];

    /// <summary>Runs work of the engine to its end, and meanwhile, on this thread, what it hands over.</summary>
    public static void Run(Func<PipelineThread, Task> work)
    {
        var pipeline = new PipelineThread();
        var task = Task.Run(() => work(pipeline));
        task.ContinueWith(_ => pipeline.queue.CompleteAdding(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        foreach (var action in pipeline.queue.GetConsumingEnumerable())
            action();
        task.GetAwaiter().GetResult();
    }

    /// <summary>Has something done on the pipeline thread, and waits for it; what it throws is thrown here.</summary>
    public Task InvokeAsync(Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        queue.Add(() =>
        {
            try
            {
                action();
                done.SetResult();
            }
            catch (Exception exception)
            {
                // Not swallowed: the engine gets it here, cleans up, and passes it on to Run.
                done.SetException(exception);
            }
        });
        return done.Task;
    }
}
