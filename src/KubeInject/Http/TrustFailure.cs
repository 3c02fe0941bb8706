namespace KubeInject.Http;

/// <summary>Why the certificate of a server is not accepted.</summary>
internal sealed record TrustFailure(CertificateProblem Problem, string Message);

/// <summary>The problem of a server certificate.</summary>
internal enum CertificateProblem
{
    /// <summary>It is not signed by a trusted authority.</summary>
    Untrusted,

    /// <summary>It has expired or is not valid yet.</summary>
    Expired,

    /// <summary>It is valid for other host names only.</summary>
    WrongHostName,
}
