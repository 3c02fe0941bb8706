using System.Management.Automation;
using KubeInject.Leases;

namespace KubeInject.Cmdlets;

/// <summary>Shows how far a sweep has come: how many of how many, and how long the rest takes at that pace.</summary>
internal sealed class SweepProgress(Cmdlet cmdlet, PipelineThread pipeline, string source) : IProgress<LeaseProgress>
{
    private const int ActivityId = 1;

    // As often as a person sees, and no more than the pipeline thread has time for.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly TimeProvider time = TimeProvider.System;
    private readonly long start = TimeProvider.System.GetTimestamp();
    private readonly object turn = new();
    private TimeSpan next;
    private int shown;

    public void Report(LeaseProgress value)
    {
        var elapsed = time.GetElapsedTime(start);
        lock (turn)
        {
            // Reports of leases that are done at the same time may come in any order.
            if (value.Done <= shown || (elapsed < next && value.Done < value.Total))
                return;
            (next, shown) = (elapsed + Interval, value.Done);
            _ = pipeline.InvokeAsync(() => cmdlet.WriteProgress(new ProgressRecord(ActivityId, $"Looking after leases of the source '{source}'", $"{value.Done} of {value.Total}")
            {
                CurrentOperation = $"{value.Last}",
                PercentComplete = (int)(100L * value.Done / value.Total),
                SecondsRemaining = (int)(elapsed.TotalSeconds / value.Done * (value.Total - value.Done)),
            }));
        }
    }

    public Task EndAsync() => shown == 0 ? Task.CompletedTask : pipeline.InvokeAsync(() =>
        cmdlet.WriteProgress(new ProgressRecord(ActivityId, $"Looking after leases of the source '{source}'", "Done") { RecordType = ProgressRecordType.Completed }));
}
