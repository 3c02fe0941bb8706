using KubeInject.Kubernetes.Errors;

namespace KubeInject.Kubernetes.Connection;

/// <summary>The result of a connection test. Contains no secrets.</summary>
public sealed record ConnectionReport
{
    /// <summary>The address of the API server; null if the kubeconfig context is not valid.</summary>
    public required Uri? Server { get; init => field = value is null ? null : PasswordMask.Apply(value); }

    /// <summary>The kubeconfig context; null if the settings are not from a kubeconfig.</summary>
    public string? Context { get; init; }

    /// <summary>Whether the API server responds, is trusted and accepts the credential.</summary>
    public bool Reachable { get; init; }

    /// <summary>The reason why the connection failed; null if it succeeded or the settings are not valid.</summary>
    public KubeConnectionFailure? Failure { get; init; }

    /// <summary>The error message; null if the connection succeeded.</summary>
    public string? Message { get; init => field = value is null ? null : DisplayText.Escape(value); }

    /// <summary>The version of the server; null if it is unknown.</summary>
    public string? ServerVersion { get; init; }

    /// <summary>The kind of authentication: <c>token</c>, <c>client certificate</c>, …; null if the settings are not valid.</summary>
    public string? AuthenticationKind { get; init; }

    /// <summary>The name of the user; null if it is unknown.</summary>
    public string? User { get; init; }

    /// <summary>The user that requests impersonate, like <c>kubectl --as</c>; null if they impersonate none.</summary>
    public string? ImpersonatedUser { get; init; }

    /// <summary>The known groups of the user.</summary>
    public IReadOnlyList<string> Groups { get; init => field = ReadableList.Of(value); } = ReadableList<string>.Empty;

    /// <summary>The source of <see cref="User"/>.</summary>
    public IdentitySource UserSource { get; init; }

    /// <summary>Whether the server certificate is validated.</summary>
    public bool ChecksCertificate { get; init; }

    /// <summary>The certificate chain of the server, starting with the server certificate; empty if it presented none.</summary>
    public IReadOnlyList<CertificateSummary> ServerCertificate { get; init => field = ReadableList.Of(value); } = ReadableList<CertificateSummary>.Empty;

    /// <summary>The number of whole days until the first certificate of the chain expires; null if there is none.</summary>
    public int? ServerCertificateDaysLeft => ServerCertificate.Count == 0 ? null : ServerCertificate.Min(certificate => certificate.DaysLeft);

    /// <summary>The client certificate; null for none.</summary>
    public CertificateSummary? ClientCertificate { get; init; }

    /// <summary>The number of whole days until the client certificate expires; null for none.</summary>
    public int? ClientCertificateDaysLeft => ClientCertificate?.DaysLeft;

    /// <summary>The permissions that the commands of this module need; empty if the connection failed.</summary>
    public IReadOnlyList<AccessRight> Rights { get; init => field = ReadableList.Of(value); } = ReadableList<AccessRight>.Empty;

    /// <summary>The server and the result.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => $"{Server?.ToString() ?? Context}: {(Reachable ? "reachable" : Message)}";
}
