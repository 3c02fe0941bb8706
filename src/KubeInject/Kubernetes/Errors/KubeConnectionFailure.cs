using KubeInject.Kubernetes.Configuration;

namespace KubeInject.Kubernetes.Errors;

/// <summary>Why there is no connection to an API server.</summary>
public enum KubeConnectionFailure
{
    /// <summary>The server's name has no address.</summary>
    NameNotResolved,

    /// <summary>Nothing listens at the address, no route leads there, or the connection broke off.</summary>
    Unreachable,

    /// <summary>The server did not answer within <see cref="ConnectionSettings.Timeout"/>.</summary>
    Timeout,

    /// <summary>The server's certificate is not signed by a trusted certificate authority.</summary>
    UntrustedCertificate,

    /// <summary>The server's certificate is for other names.</summary>
    WrongHostName,

    /// <summary>The server's certificate has expired, or is not valid yet.</summary>
    ExpiredCertificate,

    /// <summary>The server does not speak TLS, or broke off the handshake.</summary>
    TlsFailed,

    /// <summary>The proxy on the way to the server cannot be reached, does not accept the user, or does not lead there.</summary>
    ProxyFailed,

    /// <summary>The exec plugin of the user cannot be run, or returns no credential.</summary>
    ExecPluginFailed,

    /// <summary>The server does not accept the credential, or asks for one where there is none.</summary>
    Unauthorized,

    /// <summary>An HTTP server answers, but not as an API server does.</summary>
    NotKubernetes,

    /// <summary>The API server, or a gateway in front of it, cannot serve at the moment.</summary>
    Unavailable,

    /// <summary>The server sends more than it may: an answer or an object that is too large, or a list that does not end.</summary>
    LimitExceeded,
}
