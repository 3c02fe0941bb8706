using KubeInject.Kubernetes.Configuration;

namespace KubeInject.Kubernetes.Errors;

/// <summary>An API server cannot be reached, trusted or recognized, or does not accept the credential.</summary>
/// <remarks>The message names the server and the cause. It never contains a token, a key or a password. It has several lines only if the install hint of a plugin has.</remarks>
/// <param name="reason">The reason of the failure.</param>
/// <param name="message">The message for the user.</param>
/// <param name="innerException">The cause; null for none.</param>
public sealed class KubeConnectionException(KubeConnectionFailure reason, string message, Exception? innerException = null)
    : Exception(DisplayText.EscapeLines(message), innerException)
{
    /// <summary>The reason of the failure.</summary>
    public KubeConnectionFailure Reason { get; } = reason;

    /// <summary>The status code of a response that was interrupted after its headers; null for none.</summary>
    internal int? StatusCode { get; init; }
}

/// <summary>The reason why a connection to an API server failed.</summary>
public enum KubeConnectionFailure
{
    /// <summary>The host name of the server cannot be resolved.</summary>
    NameNotResolved,

    /// <summary>Nothing listens at the address, there is no route to it, or the connection was interrupted.</summary>
    Unreachable,

    /// <summary>The server did not answer within <see cref="ConnectionSettings.Timeout"/>.</summary>
    Timeout,

    /// <summary>The server certificate is not signed by a trusted certificate authority.</summary>
    UntrustedCertificate,

    /// <summary>The server certificate is not valid for the host name.</summary>
    WrongHostName,

    /// <summary>The server certificate has expired or is not valid yet.</summary>
    ExpiredCertificate,

    /// <summary>The server does not use TLS or aborted the handshake.</summary>
    TlsFailed,

    /// <summary>The proxy cannot be reached, rejects the user, or cannot connect to the server.</summary>
    ProxyFailed,

    /// <summary>The exec plugin cannot run or returned no credential.</summary>
    ExecPluginFailed,

    /// <summary>The server rejects the credential, or requires one and none is specified.</summary>
    Unauthorized,

    /// <summary>The HTTP server is not an API server.</summary>
    NotKubernetes,

    /// <summary>The API server or its gateway is temporarily unavailable.</summary>
    Unavailable,

    /// <summary>The server exceeded a limit: a response or an object is too large, or a list does not end.</summary>
    LimitExceeded,
}
