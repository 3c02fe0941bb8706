using System.Management.Automation;
using System.Threading.Channels;

namespace KubeInject.Cmdlets.Pipeline;

/// <summary>
/// Connects the pipeline thread of PowerShell, the only thread that a cmdlet can write on, with the asynchronous engine.
/// </summary>
internal sealed class PipelineThread(Cmdlet cmdlet)
{
    private static readonly AsyncLocal<PipelineThread?> Working = new();

    private readonly Channel<Action> queue = Channel.CreateUnbounded<Action>();

    /// <summary>
    /// The pipeline thread of the cmdlet whose work runs in the current asynchronous context; null outside of such work. A credential
    /// source uses it to run ScriptBlocks on the thread of the cmdlet that uses the source.
    /// </summary>
    public static PipelineThread? Current => Working.Value;

    /// <summary>The cmdlet of the pipeline thread.</summary>
    public Cmdlet Cmdlet => cmdlet;

    /// <summary>Runs work of the engine until it ends. Meanwhile, the calling thread runs the actions of <see cref="InvokeAsync"/>.</summary>
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
    /// Runs an action on the pipeline thread, and waits for it. The task fails with the exception of the action. It is canceled if
    /// the work has already ended, for example because other work uses the same connection.
    /// </summary>
    public Task InvokeAsync(Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isQueued = queue.Writer.TryWrite(() =>
        {
            try
            {
                action();
                done.SetResult();
            }
            catch (Exception exception)
            {
                // The engine receives the exception, cleans up, and throws it again in Run.
                done.SetException(exception);
            }
        });
        if (!isQueued)
            done.SetCanceled();
        return done.Task;
    }
}
