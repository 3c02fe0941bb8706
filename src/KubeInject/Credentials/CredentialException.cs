namespace KubeInject.Credentials;

/// <summary>The exception for a credential that could not be issued, renewed or revoked. The message contains the reason and the remedy, in one line and without a secret.</summary>
/// <param name="reason">The category of the failure.</param>
/// <param name="message">The reason and the remedy. Line breaks are replaced with spaces.</param>
/// <param name="innerException">The cause; null if there is none or if it might quote a secret.</param>
public sealed class CredentialException(CredentialFailure reason, string message, Exception? innerException = null)
    : Exception(DisplayText.Escape(message.ReplaceLineEndings(" ").Trim()), innerException)
{
    /// <summary>The category of the failure.</summary>
    public CredentialFailure Reason { get; } = reason;

    /// <summary>Whether a credential that could not be revoked completely no longer works. Default: false.</summary>
    internal bool IsDisabled { get; init; }
}

/// <summary>Why a credential could not be issued, renewed or revoked.</summary>
public enum CredentialFailure
{
    /// <summary>The request is not permitted, for example because the role is unknown, the ServiceAccount is not bound to it, or the login failed.</summary>
    Refused,

    /// <summary>The source cannot be reached, is sealed, or did not respond in time. The request might succeed later.</summary>
    Unavailable,

    /// <summary>The source returned an unexpected response.</summary>
    UnexpectedAnswer,

    /// <summary>The credential has expired or was revoked, and cannot be renewed.</summary>
    LeaseEnded,
}
