namespace KubeInject.Credentials.Vault;

/// <summary>A limit for the rate of requests.</summary>
/// <param name="RequestsPerSecond">The average number of requests per second; greater than zero.</param>
/// <param name="Burst">The number of requests that can be sent at once after an idle period; greater than zero.</param>
internal sealed record VaultRateLimit(double RequestsPerSecond, int Burst);
