using System.Globalization;
using System.Management.Automation;

namespace KubeInject.Cmdlets.Pipeline;

/// <summary>How far work has come.</summary>
/// <param name="Activity">What is done, and to what: <c>Reading pods</c>.</param>
/// <param name="Done">How many are done.</param>
/// <param name="Total">How many there are; null where nobody knows.</param>
internal sealed record ProgressStep(string Activity, long Done, long? Total = null)
{
    private const int Id = 1;

    /// <summary>How it stands, in words; default: how many of how many.</summary>
    public string? Status { get; init; }

    /// <summary>What is worked on; null where that need not be said.</summary>
    public string? Current { get; init; }

    /// <summary>The record that takes it away.</summary>
    public ProgressRecord End => new(Id, DisplayText.Escape(Activity), "Done") { RecordType = ProgressRecordType.Completed };

    /// <summary>The record that shows it: with the time that the rest takes at the pace there was.</summary>
    /// <param name="elapsed">Since the work began.</param>
    public ProgressRecord ToRecord(TimeSpan elapsed) => new(Id, DisplayText.Escape(Activity), DisplayText.Escape(Status ?? Counted))
    {
        CurrentOperation = Current is null ? null : DisplayText.Escape(Current),
        PercentComplete = Total is > 0 ? (int)Math.Clamp(100 * Done / Total.Value, 0, 100) : -1,
        SecondsRemaining = Done > 0 && Total > Done ? (int)Math.Min(elapsed.TotalSeconds / Done * (Total.Value - Done), int.MaxValue) : -1,
    };

    private string Counted => Total is null
        ? Done == 0 ? "Working" : string.Create(CultureInfo.InvariantCulture, $"{Done} so far")
        : string.Create(CultureInfo.InvariantCulture, $"{Done} of {Total}");
}
