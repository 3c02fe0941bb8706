using System.Globalization;
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

/// <summary>A step of an activity, for a progress bar.</summary>
/// <param name="Activity">The activity, for example <c>Checking pods</c>.</param>
/// <param name="Done">The number of completed items.</param>
/// <param name="Total">The number of all items; null if it is not known.</param>
internal sealed record ProgressStep(string Activity, long Done, long? Total = null)
{
    private const int Id = 1;

    /// <summary>The status text; the default is the number of completed items.</summary>
    public string? Status { get; init; }

    /// <summary>The current item; null for none.</summary>
    public string? Current { get; init; }

    /// <summary>The record that removes the progress bar.</summary>
    public ProgressRecord End => new(Id, DisplayText.Escape(Activity), "Done") { RecordType = ProgressRecordType.Completed };

    /// <summary>Returns the record that shows the step, with an estimate of the remaining time.</summary>
    /// <param name="elapsed">The time since the activity started.</param>
    public ProgressRecord ToRecord(TimeSpan elapsed) => new(Id, DisplayText.Escape(Activity), DisplayText.Escape(Status ?? Counted))
    {
        CurrentOperation = Current is null ? null : DisplayText.Escape(Current),
        PercentComplete = Total is > 0 ? (int)Math.Clamp(100 * Done / Total.Value, 0, 100) : -1,
        SecondsRemaining = Done > 0 && Total > Done ? (int)Math.Min(elapsed.TotalSeconds / Done * (Total.Value - Done), int.MaxValue) : -1,
    };

    private string Counted => Total is null
        ? Done == 0 ? "Working" : string.Create(CultureInfo.InvariantCulture, $"{Done} completed")
        : string.Create(CultureInfo.InvariantCulture, $"{Done} of {Total}");
}

/// <summary>Calls an action for each progress report, immediately and on the reporting thread. <see cref="Progress{T}"/> would queue the reports.</summary>
internal sealed class ProgressOf<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
