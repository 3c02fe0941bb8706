namespace KubeInject.Credentials;

/// <summary>A username and password that were issued for one lease.</summary>
/// <param name="Username">The username. It is not a secret.</param>
/// <param name="Password">The password.</param>
/// <param name="LeaseId">The ID that the issuer assigned to the lease; null if the issuer assigns none.</param>
/// <param name="ExpiresAt">When the credential expires unless it is renewed; null if it does not expire.</param>
/// <param name="IsRenewable">Whether the credential can be renewed. Default: false.</param>
public sealed record Credential(string Username, SensitiveString Password, string? LeaseId = null, DateTimeOffset? ExpiresAt = null, bool IsRenewable = false);
