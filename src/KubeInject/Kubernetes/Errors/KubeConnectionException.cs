namespace KubeInject.Kubernetes.Errors;

/// <summary>An API server cannot be reached, trusted or recognized, or does not accept the credential.</summary>
/// <remarks>The message names the server and says what to look at. It never holds a token, a key or a password. The hint of a plugin may have several lines.</remarks>
/// <param name="reason">Why there is no connection.</param>
/// <param name="message">The reason in words.</param>
/// <param name="innerException">What lies beneath; null where nothing does.</param>
public sealed class KubeConnectionException(KubeConnectionFailure reason, string message, Exception? innerException = null)
    : Exception(DisplayText.EscapeLines(message), innerException)
{
    /// <summary>Why there is no connection.</summary>
    public KubeConnectionFailure Reason { get; } = reason;

    /// <summary>The status of an answer that broke off behind its head; null where there was none.</summary>
    internal int? StatusCode { get; init; }
}
