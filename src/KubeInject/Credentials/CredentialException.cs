namespace KubeInject.Credentials;

/// <summary>A credential was not issued, renewed or revoked. The message says why and what to do now, in one line and without a secret.</summary>
/// <param name="reason">What kind of failure it is.</param>
/// <param name="message">What happened and what to do now.</param>
/// <param name="innerException">The cause; null where there is none, and where it might quote a secret.</param>
public sealed class CredentialException(CredentialFailure reason, string message, Exception? innerException = null)
    : Exception(DisplayText.Escape(message.ReplaceLineEndings(" ").Trim()), innerException)
{
    /// <summary>What kind of failure it is.</summary>
    public CredentialFailure Reason { get; } = reason;
}
