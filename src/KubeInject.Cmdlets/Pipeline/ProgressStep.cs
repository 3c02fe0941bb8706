using System.Globalization;
using System.Management.Automation;

namespace KubeInject.Cmdlets.Pipeline;

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
