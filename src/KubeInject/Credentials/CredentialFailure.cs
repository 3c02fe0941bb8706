namespace KubeInject.Credentials;

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
