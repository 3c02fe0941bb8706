namespace KubeInject.Installation;

/// <summary>The state of the webhook and the controller in a cluster.</summary>
public sealed record InstallationStatus
{
    /// <summary>The namespace of the installation.</summary>
    public required string Namespace { get; init; }

    /// <summary>The container image. Null if there is no Deployment.</summary>
    public string? Image { get; init; }

    /// <summary>The desired number of pods.</summary>
    public int Replicas { get; init; }

    /// <summary>The number of pods that are ready.</summary>
    public int ReadyReplicas { get; init; }

    /// <summary>The process that leads the controllers. Null if none does.</summary>
    public string? Leader { get; init; }

    /// <summary>When the leader was last known to work.</summary>
    public DateTimeOffset? LeaderRenewTime { get; init; }

    /// <summary>What the API server does with pods if the webhook does not answer: <c>Fail</c> or <c>Ignore</c>. Null if there is no webhook.</summary>
    public string? FailurePolicy { get; init; }

    /// <summary>When the last certificate authority that the API server trusts for the webhook expires. Null if there is none.</summary>
    public DateTimeOffset? CertificateAuthorityEnd { get; init; }

    /// <summary>What does not work, in sentences. Empty if everything works.</summary>
    public IReadOnlyList<string> Problems { get; init => field = ReadableList.Of(value, separator: " "); } = ReadableList<string>.Empty;

    /// <summary>Whether everything works.</summary>
    public bool IsReady => Problems.Count == 0;
}
