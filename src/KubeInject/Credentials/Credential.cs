namespace KubeInject.Credentials;

/// <summary>A username and password that were issued for one lease.</summary>
/// <param name="Username">The username; no secret.</param>
/// <param name="Password">The password.</param>
/// <param name="LeaseId">The issuer's own name for the lease; what it needs to revoke it.</param>
/// <param name="ExpiresAt">When they end unless renewed; null where they do not end by themselves.</param>
public sealed record Credential(string Username, Secret Password, string LeaseId, DateTimeOffset? ExpiresAt = null);
