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
