namespace KubeInject.Injection.Workloads;

/// <summary>A rollout did not come to its end.</summary>
/// <param name="reason">Why.</param>
/// <param name="message">What happened and what to do now, in one line.</param>
public sealed class RolloutException(RolloutFailure reason, string message) : Exception(DisplayText.Escape(message.ReplaceLineEndings(" ")))
{
    /// <summary>Why.</summary>
    public RolloutFailure Reason { get; } = reason;
}
