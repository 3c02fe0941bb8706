namespace KubeInject.Injection.Workloads;

/// <summary>Why a rollout did not come to its end.</summary>
public enum RolloutFailure
{
    /// <summary>The workload's own deadline for progress has passed (<c>ProgressDeadlineExceeded</c>).</summary>
    ProgressDeadlineExceeded,

    /// <summary>It took longer than the caller would wait. It goes on.</summary>
    TimedOut,

    /// <summary>The workload is gone.</summary>
    Deleted,

    /// <summary>The workload does not roll out by itself: it is paused, or its strategy is <c>OnDelete</c>.</summary>
    NotRolling,
}
