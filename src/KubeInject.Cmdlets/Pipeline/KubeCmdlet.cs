using System.Management.Automation;
using KubeInject.Http;

namespace KubeInject.Cmdlets.Pipeline;

/// <summary>The base class of all cmdlets. It runs the engine, reports progress, verbose messages and errors, and supports Ctrl+C.</summary>
public abstract class KubeCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private CommandProgress? progress;
    private bool? isVerbose;
    private int planned;
    private bool isDeclined;

    /// <summary>The progress bar of the cmdlet.</summary>
    private protected CommandProgress Progress => progress ??= new CommandProgress(this, TimeProvider.System);

    /// <summary>The command text as the session records it: with the name of a variable, not its value. Older versions of PowerShell provide only the first line of a statement.</summary>
    private protected string CommandText => PSObject.AsPSObject(MyInvocation).Properties["Statement"]?.Value as string is { Length: > 0 } statement ? statement : MyInvocation.Line;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        // If -WhatIf listed several operations, it also shows their number.
        if (planned > 1 && Sum(planned) is { } sum)
            ShouldProcess(sum, sum, null);
    }

    /// <summary>Cancels the running work.</summary>
    protected override void StopProcessing() => stop.Cancel();

    /// <summary>Releases the resources of the cmdlet.</summary>
    /// <param name="disposing">Whether <see cref="Dispose()"/> calls the method, and not a finalizer.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        progress?.Dispose();
        stop.Dispose();
    }

    /// <summary>
    /// Returns the full path of a path, which is relative to the current location of PowerShell, and can be escaped as tab
    /// completion escapes it, with a backtick before a wildcard character. Wildcards are not expanded.
    /// </summary>
    private protected string FullPath(string path) => GetUnresolvedProviderPathFromPSPath(WildcardPattern.Unescape(path));

    /// <summary>Returns the summary that -WhatIf shows after several operations; null (default) for none.</summary>
    private protected virtual string? Sum(int count) => null;

    /// <summary>Calls ShouldProcess, and counts the operations that -WhatIf shows.</summary>
    private protected bool ShouldDo(string target, string action) => Count(ShouldProcess(target, action));

    /// <summary>Calls ShouldProcess with custom texts, and counts the operations that -WhatIf shows.</summary>
    /// <param name="description">The lines that -WhatIf shows.</param>
    /// <param name="question">The question that -Confirm shows.</param>
    /// <param name="caption">The title of the question.</param>
    private protected bool ShouldDo(IEnumerable<string> description, string question, string caption) =>
        Count(base.ShouldProcess(string.Join('\n', description.Select(DisplayText.Escape)), DisplayText.Escape(question), caption));

    // Texts come from manifests, clusters and servers. These members hide the members of Cmdlet, so that every text is escaped.

    /// <summary>Calls the member of Cmdlet with invisible characters escaped.</summary>
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
        !(isDeclined = !base.ShouldContinue(DisplayText.Escape(query), caption, ref yesToAll, ref noToAll));

    /// <summary>Returns whether the user declined the last operation at a prompt, and resets it. A plan that -WhatIf shows is not declined.</summary>
    private protected bool TakeDeclined()
    {
        var wasDeclined = isDeclined;
        isDeclined = false;
        return wasDeclined;
    }

    /// <summary>Runs work of the engine. A failure is written as an error with the target, and the cmdlet continues.</summary>
    private protected void Run(object? target, Func<PipelineThread, CancellationToken, Task> work) => Run(target, work, WriteError);

    /// <summary>Runs work of the engine that the cmdlet requires. A failure ends the cmdlet.</summary>
    private protected void RunOrEnd(object? target, Func<PipelineThread, CancellationToken, Task> work) => Run(target, work, ThrowTerminatingError);

    /// <summary>Whether a common parameter is set, or else the preference variable of the session.</summary>
    private bool IsSet(string parameter, string preference) => MyInvocation.BoundParameters.TryGetValue(parameter, out var given)
        ? LanguagePrimitives.IsTrue(given)
        : LanguagePrimitives.TryConvertTo<ActionPreference>(GetVariableValue(preference), out var action)
            ? action is not (ActionPreference.SilentlyContinue or ActionPreference.Ignore)
            : LanguagePrimitives.IsTrue(GetVariableValue(preference));

    private bool Count(bool isWanted)
    {
        isDeclined = !isWanted && !IsSet("WhatIf", "WhatIfPreference");
        if (!isWanted && !isDeclined)
            planned++;
        return isWanted;
    }

    private void Run(object? target, Func<PipelineThread, CancellationToken, Task> work, Action<ErrorRecord> report)
    {
        // Preference variables can only be read on the pipeline thread. With -Debug, requests are written, too.
        var writesRequests = isVerbose ??= IsSet("Verbose", "VerbosePreference") || IsSet("Debug", "DebugPreference");
        var progressBar = Progress;
        try
        {
            PipelineThread.Run(this, pipeline =>
            {
                progressBar.Pipeline = pipeline;

                // Writes every request of the work, to any server.
                if (writesRequests)
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
            progressBar.Pipeline = null;
        }
    }
}
