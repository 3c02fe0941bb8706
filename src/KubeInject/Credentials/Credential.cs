namespace KubeInject.Credentials;

/// <summary>A username and password that were issued for one lease.</summary>
/// <param name="Username">The username; no secret.</param>
/// <param name="Password">The password.</param>
/// <param name="LeaseId">The issuer's own name for the lease; null where it has none.</param>
/// <param name="ExpiresAt">When they end unless renewed; null where they do not end by themselves.</param>
/// <param name="IsRenewable">Whether that end can be put off. Default: false.</param>
public sealed record Credential(string Username, SensitiveString Password, string? LeaseId = null, DateTimeOffset? ExpiresAt = null, bool IsRenewable = false);
