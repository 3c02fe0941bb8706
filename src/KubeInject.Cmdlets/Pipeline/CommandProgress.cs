using System.Management.Automation;
using System.Management.Automation.Host;

namespace KubeInject.Cmdlets.Pipeline;

/// <summary>
/// Shows how far a cmdlet has come: not before it has taken half a second, as often as a person sees, and taken away when
/// the cmdlet ends, however it ends.
/// </summary>
/// <remarks>Whoever works only says where it stands, from any thread, which costs next to nothing; a clock shows the last of it.</remarks>
internal sealed class CommandProgress(PSCmdlet cmdlet, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    // Whom the host takes a record to be from. PowerShell's own count up.
    private static long lastSource;

    private readonly long source = Interlocked.Decrement(ref lastSource);
    private readonly object turn = new();
    private readonly bool isWanted = IsWanted(cmdlet);
    private ProgressStep? step;
    private ProgressStep? shown;
    private PSHostUserInterface? screen;
    private ITimer? clock;
    private long start;
    private bool isTelling;

    /// <summary>The thread that shows, while there is work; null in between.</summary>
    public PipelineThread? Pipeline { get; set; }

    /// <summary>Says how far the work has come.</summary>
    public void Report(ProgressStep value)
    {
        if (!isWanted)
            return;
        lock (turn)
        {
            if (step?.Activity != value.Activity)
                start = time.GetTimestamp();
            step = value;
            clock ??= time.CreateTimer(_ => Tick(), null, Patience, Interval);
        }
    }

    /// <summary>Says that this work is done, while the cmdlet goes on. What comes next has half a second of its own.</summary>
    public void Complete()
    {
        lock (turn)
        {
            step = null;
            clock?.Dispose();
            clock = null;
        }

        if (shown is not null)
            _ = Pipeline?.InvokeAsync(TakeAway);
    }

    /// <summary>Takes away what is shown. PowerShell calls it at the end, also after Ctrl+C, when a cmdlet itself may write no more.</summary>
    public void Dispose()
    {
        lock (turn)
        {
            step = null;
            clock?.Dispose();
        }

        TakeAway();
    }

    // Asked once: of what nobody wants to see, nothing is to be counted.
    private static bool IsWanted(PSCmdlet cmdlet)
    {
        var preference = cmdlet.MyInvocation.BoundParameters.TryGetValue("ProgressAction", out var given) ? given : cmdlet.GetVariableValue("ProgressPreference");
        return !LanguagePrimitives.TryConvertTo<ActionPreference>(preference, out var action) || action is not (ActionPreference.SilentlyContinue or ActionPreference.Ignore);
    }

    private void Tick()
    {
        PipelineThread? pipeline;
        lock (turn)
        {
            pipeline = Pipeline;
            if (isTelling || step is null || pipeline is null)
                return;
            isTelling = true;
        }

        _ = TellAsync(pipeline);
    }

    private async Task TellAsync(PipelineThread pipeline)
    {
        try
        {
            await pipeline.InvokeAsync(Show).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is PipelineStoppedException or OperationCanceledException)
        {
            // The work hears of that by itself, and this is not what it waits for.
        }
        finally
        {
            lock (turn)
                isTelling = false;
        }
    }

    private void Show()
    {
        TimeSpan elapsed;
        lock (turn)
        {
            if (step is null)
                return;
            (shown, elapsed) = (step, time.GetElapsedTime(start));
        }

        screen = cmdlet.Host.UI;
        cmdlet.CommandRuntime.WriteProgress(source, shown.ToRecord(elapsed));
    }

    private void TakeAway()
    {
        if (shown is not null)
            screen?.WriteProgress(source, shown.End);
        shown = null;
    }
}
