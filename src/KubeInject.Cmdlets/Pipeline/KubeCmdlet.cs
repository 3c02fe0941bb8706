using System.Management.Automation;
using KubeInject.Kubernetes;

namespace KubeInject.Cmdlets;

/// <summary>What all cmdlets share: the way to the engine and back, and Ctrl+C.</summary>
public abstract class KubeCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource stop = new();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends what the cmdlet waits for.</summary>
    protected override void StopProcessing() => stop.Cancel();

    /// <summary>Frees what the cmdlet holds.</summary>
    /// <param name="disposing">Whether called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
            stop.Dispose();
    }

    /// <summary>Does work with the engine. A failure becomes an error about the target, and the pipeline goes on.</summary>
    private protected void Run(object? target, Func<PipelineThread, CancellationToken, Task> work) => Run(target, work, WriteError);

    /// <summary>Does work with the engine without which the cmdlet cannot go on. A failure ends the cmdlet.</summary>
    private protected void RunOrEnd(object? target, Func<PipelineThread, CancellationToken, Task> work) => Run(target, work, ThrowTerminatingError);

    /// <summary>What tells of a request.</summary>
    private protected Action<KubeRequest> TellRequest(PipelineThread pipeline) => request => pipeline.InvokeAsync(() => WriteVerbose($"{request}"));

    /// <summary>Tells of each request of a connection while work is done.</summary>
    private protected async Task TellingRequestsAsync(KubeConnection connection, PipelineThread pipeline, Func<Task> work)
    {
        var tell = TellRequest(pipeline);
        connection.RequestCompleted += tell;
        try
        {
            await work().ConfigureAwait(false);
        }
        finally
        {
            connection.RequestCompleted -= tell;
        }
    }

    private void Run(object? target, Func<PipelineThread, CancellationToken, Task> work, Action<ErrorRecord> report)
    {
        try
        {
            PipelineThread.Run(this, pipeline => work(pipeline, stop.Token));
        }
        catch (OperationCanceledException exception) when (stop.IsCancellationRequested || exception.InnerException is PipelineStoppedException)
        {
            throw new PipelineStoppedException();
        }
        catch (Exception exception) when (Errors.Describe(exception, target) is { } record)
        {
            report(record);
        }
    }
}
