using System.Management.Automation;
using System.Management.Automation.Host;

namespace KubeInject.Cmdlets.Pipeline;

/// <summary>
/// Shows the progress bar of a cmdlet: first after half a second, then every 200 ms. The progress bar is removed when the
/// cmdlet ends, even if it is stopped.
/// </summary>
/// <remarks>Any thread can report a step, which is fast. A timer shows the last reported step.</remarks>
internal sealed class CommandProgress(PSCmdlet cmdlet, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    // Identifies the origin of a progress record to the host. PowerShell itself uses positive numbers, so these are negative.
    private static long lastSource;

    private readonly long source = Interlocked.Decrement(ref lastSource);
    private readonly object gate = new();
    private readonly bool isWanted = IsWanted(cmdlet);
    private ProgressStep? step;
    private ProgressStep? shown;
    private PSHostUserInterface? hostUI;
    private ITimer? timer;
    private long start;
    private bool isShowing;

    /// <summary>The thread that shows the progress bar; null while no work is running.</summary>
    public PipelineThread? Pipeline { get; set; }

    /// <summary>Reports the current step. Can be called from any thread.</summary>
    public void Report(ProgressStep value)
    {
        if (!isWanted)
            return;
        lock (gate)
        {
            if (step?.Activity != value.Activity)
                start = time.GetTimestamp();
            step = value;
            timer ??= time.CreateTimer(_ => Tick(), null, Delay, Interval);
        }
    }

    /// <summary>Removes the progress bar at the end of an activity. The next activity is shown after another half second.</summary>
    public void Complete()
    {
        lock (gate)
        {
            step = null;
            timer?.Dispose();
            timer = null;
        }

        if (shown is not null)
            _ = Pipeline?.InvokeAsync(Remove);
    }

    /// <summary>Removes the progress bar. PowerShell calls this method at the end, even after Ctrl+C, when the cmdlet can no longer write.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            step = null;
            timer?.Dispose();
        }

        Remove();
    }

    // Read once, so that steps are ignored if the progress bar is disabled.
    private static bool IsWanted(PSCmdlet cmdlet)
    {
        var preference = cmdlet.MyInvocation.BoundParameters.TryGetValue("ProgressAction", out var given) ? given : cmdlet.GetVariableValue("ProgressPreference");
        return !LanguagePrimitives.TryConvertTo<ActionPreference>(preference, out var action) || action is not (ActionPreference.SilentlyContinue or ActionPreference.Ignore);
    }

    private void Tick()
    {
        PipelineThread? pipeline;
        lock (gate)
        {
            pipeline = Pipeline;
            if (isShowing || step is null || pipeline is null)
                return;
            isShowing = true;
        }

        _ = ShowAsync(pipeline);
    }

    private async Task ShowAsync(PipelineThread pipeline)
    {
        try
        {
            await pipeline.InvokeAsync(Show).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is PipelineStoppedException or OperationCanceledException)
        {
            // The work receives the cancellation itself and does not wait for this task.
        }
        finally
        {
            lock (gate)
                isShowing = false;
        }
    }

    private void Show()
    {
        TimeSpan elapsed;
        lock (gate)
        {
            if (step is null)
                return;
            (shown, elapsed) = (step, time.GetElapsedTime(start));
        }

        hostUI = cmdlet.Host.UI;
        cmdlet.CommandRuntime.WriteProgress(source, shown.ToRecord(elapsed));
    }

    private void Remove()
    {
        if (shown is not null)
            hostUI?.WriteProgress(source, shown.End);
        shown = null;
    }
}
