namespace KubeInject.Injection.Workloads;

/// <summary>How workloads of a cluster are injected.</summary>
public sealed record WorkloadInjectionOptions
{
    /// <summary>How the containers get the credentials. Default: <see cref="CredentialDelivery.Value"/>.</summary>
    public CredentialDelivery Delivery { get; init; }

    /// <summary>Whether a workload that would not roll out by itself is left alone, because somebody is going to wait for it. Default: false.</summary>
    public bool MustRollOut { get; init; }

    /// <summary>Whether a pod that no controller manages is deleted and created again with its credentials. Default: false.</summary>
    public bool Recreate { get; init; }

    /// <summary>How long such a pod may take to end. Default: 5 minutes.</summary>
    public TimeSpan RecreateTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The folder for the manifest of such a pod while it is deleted and created again. Default: <c>kubeinject/pods</c> under
    /// <c>XDG_STATE_HOME</c> (by default <c>~/.local/state</c>), or under the local application data on Windows.
    /// </summary>
    public string? BackupFolder { get; init; }
}
