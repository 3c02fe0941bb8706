namespace KubeInject.Http;

/// <summary>Why the certificate of a server is not accepted.</summary>
internal sealed record TrustFailure(CertificateProblem Problem, string Message);

/// <summary>What is wrong with the certificate of a server.</summary>
internal enum CertificateProblem
{
    /// <summary>No trusted authority has signed it.</summary>
    Untrusted,

    /// <summary>It has expired, or is not valid yet.</summary>
    Expired,

    /// <summary>It is for another host name.</summary>
    WrongHostName,
}
