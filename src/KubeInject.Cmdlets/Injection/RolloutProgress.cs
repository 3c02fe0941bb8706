using System.Management.Automation;
using KubeInject.Injection;

namespace KubeInject.Cmdlets;

/// <summary>Shows how a rollout goes.</summary>
internal sealed class RolloutProgress(Cmdlet cmdlet, PipelineThread pipeline) : IProgress<RolloutStatus>
{
    private const int Activity = 1;

    public void Report(RolloutStatus value) => _ = pipeline.InvokeAsync(() => cmdlet.WriteProgress(new ProgressRecord(Activity, $"Rolling out {value.Workload}", value.Message)
    {
        CurrentOperation = $"{value.Updated} updated, {value.Available} available, of {value.Desired}",
        PercentComplete = value.Desired == 0 ? -1 : Math.Min(100, 100 * value.Available / value.Desired),
        RecordType = value.IsComplete ? ProgressRecordType.Completed : ProgressRecordType.Processing,
    }));
}
