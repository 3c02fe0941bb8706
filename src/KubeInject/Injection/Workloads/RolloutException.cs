namespace KubeInject.Injection.Workloads;

/// <summary>The error for a rollout that was not completed.</summary>
/// <param name="reason">The reason.</param>
/// <param name="message">The problem and the remedy, in one line.</param>
public sealed class RolloutException(RolloutFailure reason, string message) : Exception(DisplayText.Escape(message.ReplaceLineEndings(" ")))
{
    /// <summary>The reason.</summary>
    public RolloutFailure Reason { get; } = reason;
}
