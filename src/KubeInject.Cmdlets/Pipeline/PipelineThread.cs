using System.Management.Automation;
using System.Threading.Channels;

namespace KubeInject.Cmdlets.Pipeline;

/// <summary>
/// The one bridge between PowerShell's pipeline thread, on which alone a cmdlet may write, and the asynchronous engine.
/// </summary>
internal sealed class PipelineThread(Cmdlet cmdlet)
{
    private static readonly AsyncLocal<PipelineThread?> Working = new();

    private readonly Channel<Action> queue = Channel.CreateUnbounded<Action>();

    /// <summary>
    /// The pipeline thread for which the engine does the work that asks; null on any other thread. By this a source of
    /// credentials finds the thread of the cmdlet that uses it, whichever made it.
    /// </summary>
    public static PipelineThread? Current => Working.Value;

    /// <summary>The cmdlet, for what is done on its thread.</summary>
    public Cmdlet Cmdlet => cmdlet;

    /// <summary>Runs work of the engine to its end, and meanwhile, on this thread, what it hands over.</summary>
    public static void Run(Cmdlet cmdlet, Func<PipelineThread, Task> work)
    {
        var pipeline = new PipelineThread(cmdlet);
        var task = Task.Run(() =>
        {
            Working.Value = pipeline;
            return work(pipeline);
        });
        task.ContinueWith(_ => pipeline.queue.Writer.Complete(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        while (pipeline.queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (pipeline.queue.Reader.TryRead(out var action))
                action();
        }

        task.GetAwaiter().GetResult();
    }

    /// <summary>
    /// Has something done on the pipeline thread, and waits for it; what it throws is thrown here. Cancelled where the
    /// work has ended already: others may use the same connection, and be heard too late.
    /// </summary>
    public Task InvokeAsync(Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isTaken = queue.Writer.TryWrite(() =>
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
        if (!isTaken)
            done.SetCanceled();
        return done.Task;
    }
}
