namespace KubeInject.Injection.Workloads;

/// <summary>The reason why a rollout was not completed.</summary>
public enum RolloutFailure
{
    /// <summary>The rollout exceeded the progress deadline of the workload (<c>ProgressDeadlineExceeded</c>).</summary>
    ProgressDeadlineExceeded,

    /// <summary>The timeout of the caller elapsed. The rollout continues.</summary>
    TimedOut,

    /// <summary>The workload was deleted.</summary>
    Deleted,

    /// <summary>The workload does not roll out automatically: it is paused, or its update strategy is <c>OnDelete</c>.</summary>
    NotRolling,
}
