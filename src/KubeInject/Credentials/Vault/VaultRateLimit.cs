namespace KubeInject.Credentials.Vault;

/// <summary>How fast requests are made.</summary>
/// <param name="RequestsPerSecond">How many requests a second, in the long run.</param>
/// <param name="Burst">How many at once, after a rest.</param>
public sealed record VaultRateLimit(double RequestsPerSecond, int Burst);
