namespace KubeInject.Credentials;

/// <summary>What an issuer needs to renew or to revoke a credential. It is known, and recorded, before the credential is.</summary>
/// <param name="Uuid">The lease's identity.</param>
/// <param name="Role">The role that the credential is issued from.</param>
/// <param name="Mount">The mount path of the database secrets engine.</param>
public sealed record CredentialHandle(Guid Uuid, string Role, string Mount)
{
    /// <summary>The username; null where the issuer does not know it beforehand.</summary>
    public string? Username { get; init; }

    /// <summary>The issuer's own name for the lease; null until the credential is issued, and where there is none.</summary>
    public string? LeaseId { get; init; }

    /// <summary>The token that the credential belongs to and ends with; null where there is none.</summary>
    public SensitiveString? Token { get; init; }

    /// <summary>When <see cref="Token"/> ends unless renewed; null where it does not end by itself, and where that is not known.</summary>
    public DateTimeOffset? TokenExpiresAt { get; init; }
}
