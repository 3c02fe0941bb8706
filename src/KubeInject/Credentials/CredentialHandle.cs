namespace KubeInject.Credentials;

/// <summary>The data that an issuer needs to renew or revoke a credential. It is recorded before the credential is issued.</summary>
/// <param name="Uuid">The UUID of the lease.</param>
/// <param name="Role">The role that the credential is issued from.</param>
/// <param name="Mount">The mount path of the database secrets engine.</param>
public sealed record CredentialHandle(Guid Uuid, string Role, string Mount)
{
    /// <summary>The username; null if the issuer does not know it before it issues the credential.</summary>
    public string? Username { get; init; }

    /// <summary>The ID that the issuer assigned to the lease; null until the credential is issued, or if the issuer assigns none.</summary>
    public string? LeaseId { get; init; }

    /// <summary>The token that issues the credential. Revoking the token also revokes the credential. Null if the issuer uses no token.</summary>
    public SensitiveString? Token { get; init; }

    /// <summary>When <see cref="Token"/> expires unless it is renewed; null if it does not expire, or if the time is unknown.</summary>
    public DateTimeOffset? TokenExpiresAt { get; init; }
}
