using System.Management.Automation;
using KubeInject.Http;

namespace KubeInject.Cmdlets.Pipeline;

/// <summary>What all cmdlets share: the way to the engine and back, what is told meanwhile, and Ctrl+C.</summary>
public abstract class KubeCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private CommandProgress? progress;
    private bool? isVerbose;
    private int planned;

    /// <summary>How far the cmdlet has come.</summary>
    private protected CommandProgress Progress => progress ??= new CommandProgress(this, TimeProvider.System);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        // Of several it is good to know how many before -WhatIf is left out.
        if (planned > 1 && Sum(planned) is { } sum)
            ShouldProcess(sum, sum, null);
    }

    /// <summary>Ends what the cmdlet waits for.</summary>
    protected override void StopProcessing() => stop.Cancel();

    /// <summary>Frees what the cmdlet holds.</summary>
    /// <param name="disposing">Whether called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        progress?.Dispose();
        stop.Dispose();
    }

    /// <summary>What -WhatIf says at the end of what would have been done to several; null for nothing.</summary>
    private protected virtual string? Sum(int count) => null;

    /// <summary>Asks whether to do something, as ShouldProcess does. What -WhatIf shows is counted.</summary>
    private protected bool ShouldDo(string target, string action) => Count(ShouldProcess(target, action));

    /// <summary>Asks whether to do something, in words of its own.</summary>
    /// <param name="description">What would be done, line by line.</param>
    /// <param name="question">The question whether to do it.</param>
    /// <param name="caption">What the question is about.</param>
    private protected bool ShouldDo(IEnumerable<string> description, string question, string caption) =>
        Count(base.ShouldProcess(string.Join('\n', description.Select(DisplayText.Escape)), DisplayText.Escape(question), caption));

    // Texts come from manifests, clusters and servers. These members hide those of Cmdlet, so that no cmdlet forgets to escape.

    /// <summary>Like the member of Cmdlet, with invisible characters escaped.</summary>
    private protected new void WriteWarning(string text) => base.WriteWarning(DisplayText.Escape(text));

    /// <inheritdoc cref="WriteWarning"/>
    private protected new void WriteVerbose(string text) => base.WriteVerbose(DisplayText.Escape(text));

    /// <inheritdoc cref="WriteWarning"/>
    private protected new bool ShouldProcess(string target, string action) => base.ShouldProcess(DisplayText.Escape(target), DisplayText.Escape(action));

    /// <inheritdoc cref="WriteWarning"/>
    private protected new bool ShouldProcess(string description, string question, string? caption) =>
        base.ShouldProcess(DisplayText.Escape(description), DisplayText.Escape(question), caption);

    /// <inheritdoc cref="WriteWarning"/>
    private protected new bool ShouldProcess(string description, string question, string? caption, out ShouldProcessReason reason) =>
        base.ShouldProcess(DisplayText.Escape(description), DisplayText.Escape(question), caption, out reason);

    /// <inheritdoc cref="WriteWarning"/>
    private protected new bool ShouldContinue(string query, string caption, ref bool yesToAll, ref bool noToAll) =>
        base.ShouldContinue(DisplayText.Escape(query), caption, ref yesToAll, ref noToAll);

    /// <summary>Does work with the engine. A failure becomes an error about the target, and the pipeline goes on.</summary>
    private protected void Run(object? target, Func<PipelineThread, CancellationToken, Task> work) => Run(target, work, WriteError);

    /// <summary>Does work with the engine without which the cmdlet cannot go on. A failure ends the cmdlet.</summary>
    private protected void RunOrEnd(object? target, Func<PipelineThread, CancellationToken, Task> work) => Run(target, work, ThrowTerminatingError);

    /// <summary>A preference of the session, or of this command alone.</summary>
    private bool IsSet(string parameter, string preference) => MyInvocation.BoundParameters.TryGetValue(parameter, out var given)
        ? LanguagePrimitives.IsTrue(given)
        : LanguagePrimitives.TryConvertTo<ActionPreference>(GetVariableValue(preference), out var action)
            ? action is not (ActionPreference.SilentlyContinue or ActionPreference.Ignore)
            : LanguagePrimitives.IsTrue(GetVariableValue(preference));

    private bool Count(bool isWanted)
    {
        if (!isWanted && IsSet("WhatIf", "WhatIfPreference"))
            planned++;
        return isWanted;
    }

    private void Run(object? target, Func<PipelineThread, CancellationToken, Task> work, Action<ErrorRecord> report)
    {
        // Asked here, on PowerShell's own thread. -Debug makes it show what is verbose, too.
        var tells = isVerbose ??= IsSet("Verbose", "VerbosePreference") || IsSet("Debug", "DebugPreference");
        var shown = Progress;
        try
        {
            PipelineThread.Run(this, pipeline =>
            {
                shown.Pipeline = pipeline;

                // The one place where requests are told of: whatever the work asks, of whichever server.
                if (tells)
                    RequestObserver.Current = request => _ = pipeline.InvokeAsync(() => WriteVerbose($"{request}"));
                return work(pipeline, stop.Token);
            });
        }
        catch (OperationCanceledException exception) when (stop.IsCancellationRequested || exception.InnerException is PipelineStoppedException)
        {
            throw new PipelineStoppedException();
        }
        catch (Exception exception) when (Errors.Describe(exception, target) is { } record)
        {
            report(record);
        }
        finally
        {
            shown.Pipeline = null;
        }
    }
}
