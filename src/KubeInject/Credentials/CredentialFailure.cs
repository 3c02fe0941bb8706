namespace KubeInject.Credentials;

/// <summary>Why a credential was not issued, renewed or revoked.</summary>
public enum CredentialFailure
{
    /// <summary>It is not allowed: an unknown role, a ServiceAccount that is not bound to it, a login that is not accepted.</summary>
    Refused,

    /// <summary>The source cannot be reached, is sealed, or takes too long: the same may succeed later.</summary>
    Unavailable,

    /// <summary>The source answers what cannot be understood.</summary>
    UnexpectedAnswer,

    /// <summary>The credential has ended and can never be renewed.</summary>
    LeaseEnded,
}
