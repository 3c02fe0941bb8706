using KubeInject.Kubernetes.Errors;

namespace KubeInject.Kubernetes.Connection;

/// <summary>What a test of a connection found. Holds nothing secret.</summary>
public sealed record ConnectionReport
{
    /// <summary>The API server's address.</summary>
    public required Uri Server { get; init => field = PasswordMask.Apply(value); }

    /// <summary>The context of the kubeconfig; null for settings from elsewhere.</summary>
    public string? Context { get; init; }

    /// <summary>Whether there is a connection: an API server answers, is trusted, and accepts the credential.</summary>
    public bool Reachable { get; init; }

    /// <summary>Why there is none; null where there is one, or the settings are broken.</summary>
    public KubeConnectionFailure? Failure { get; init; }

    /// <summary>Why there is none, in words; null where there is one.</summary>
    public string? Message { get; init => field = value is null ? null : DisplayText.Escape(value); }

    /// <summary>The server's version; null where it does not say.</summary>
    public string? ServerVersion { get; init; }

    /// <summary>How the user is known: <c>token</c>, <c>client certificate</c>, …; null where the settings are broken.</summary>
    public string? AuthenticationKind { get; init; }

    /// <summary>Who the user is; null where nobody says so.</summary>
    public string? User { get; init; }

    /// <summary>The user's groups, as far as anybody says.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Who says who the user is.</summary>
    public IdentitySource UserSource { get; init; }

    /// <summary>Whether the server's certificate is checked.</summary>
    public bool ChecksCertificate { get; init; }

    /// <summary>The certificates of the server: its own first, and then who signed which; empty where it showed none.</summary>
    public IReadOnlyList<CertificateSummary> ServerCertificate { get; init; } = [];

    /// <summary>Whole days until the first of the server's certificates ends; null where it showed none.</summary>
    public int? ServerCertificateDaysLeft => ServerCertificate.Count == 0 ? null : ServerCertificate.Min(certificate => certificate.DaysLeft);

    /// <summary>The certificate by which the user is known; null for none.</summary>
    public CertificateSummary? ClientCertificate { get; init; }

    /// <summary>Whole days until the user's certificate ends; null for none.</summary>
    public int? ClientCertificateDaysLeft => ClientCertificate?.DaysLeft;

    /// <summary>The rights that this module's commands need; empty where there is no connection.</summary>
    public IReadOnlyList<AccessRight> Rights { get; init; } = [];

    /// <summary>The server, and whether there is a connection.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => $"{Server}: {(Reachable ? "reachable" : Message)}";
}
