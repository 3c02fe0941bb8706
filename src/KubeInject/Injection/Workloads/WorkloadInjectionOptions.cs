namespace KubeInject.Injection.Workloads;

/// <summary>The options for injecting workloads of a cluster.</summary>
internal sealed record WorkloadInjectionOptions
{
    /// <summary>The way in which containers get the credentials. Default: <see cref="CredentialDelivery.Value"/>.</summary>
    public CredentialDelivery Delivery { get; init; }

    /// <summary>Whether to fail for a workload that does not roll out automatically. Set it to true if you wait for the rollout. Default: false.</summary>
    public bool MustRollOut { get; init; }

    /// <summary>Whether a pod that no controller manages is deleted and created again with its credentials. Default: false.</summary>
    public bool Recreate { get; init; }

    /// <summary>Whether to change a workload that another component manages and whose next reconciliation can revert the change or fail. Default: false.</summary>
    public bool Force { get; init; }

    /// <summary>The maximum time for the termination of a deleted pod. Default: 5 minutes.</summary>
    public TimeSpan RecreateTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The folder for the manifest of such a pod while it is deleted and created again. Default: <c>kubeinject/pods</c> under
    /// <c>XDG_STATE_HOME</c> (by default <c>~/.local/state</c>), or under the local application data on Windows.
    /// </summary>
    public string? BackupFolder { get; init; }
}
