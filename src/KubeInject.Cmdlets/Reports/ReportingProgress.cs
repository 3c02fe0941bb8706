using System.Management.Automation;
using KubeInject.Reports;

namespace KubeInject.Cmdlets;

/// <summary>Shows how far a report has come: what is being read, how many, and how long the rest takes at that pace.</summary>
internal sealed class ReportingProgress(Cmdlet cmdlet, PipelineThread pipeline) : IProgress<ReportProgress>
{
    private const int ActivityId = 1;
    private const string Activity = "Looking at the cluster's pods";

    // What is done in half a second needs no telling; after that, as often as a person sees.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly TimeProvider time = TimeProvider.System;
    private readonly long start = TimeProvider.System.GetTimestamp();
    private long startOfStep = TimeProvider.System.GetTimestamp();
    private string? step;
    private TimeSpan next = Patience;
    private bool isShown;

    public void Report(ReportProgress value)
    {
        if (value.Step != step)
            (step, startOfStep) = (value.Step, time.GetTimestamp());
        var elapsed = time.GetElapsedTime(start);
        if (elapsed < next)
            return;
        (next, isShown) = (elapsed + Interval, true);
        var status = value.Total > 0 ? $"{value.Step}: {value.Done} of {value.Total}" : value.Done > 0 ? $"{value.Step}: {value.Done}" : value.Step;
        var record = new ProgressRecord(ActivityId, Activity, status);
        if (value is { Total: > 0, Done: > 0 })
        {
            record.PercentComplete = (int)(100L * value.Done / value.Total);
            record.SecondsRemaining = (int)(time.GetElapsedTime(startOfStep).TotalSeconds / value.Done * (value.Total - value.Done));
        }

        _ = pipeline.InvokeAsync(() => cmdlet.WriteProgress(record));
    }

    public Task EndAsync() => !isShown ? Task.CompletedTask : pipeline.InvokeAsync(() =>
        cmdlet.WriteProgress(new ProgressRecord(ActivityId, Activity, "Done") { RecordType = ProgressRecordType.Completed }));
}
