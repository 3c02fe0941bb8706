namespace KubeInject.Credentials.Vault;

/// <summary>Limits the rate of requests. Requests are delayed in the order of their calls; after an idle period, a burst is allowed.</summary>
internal sealed class VaultRateLimiter(VaultRateLimit limit, TimeProvider clock)
{
    private readonly TimeSpan interval = TimeSpan.FromSeconds(1 / limit.RequestsPerSecond);
    private readonly object gate = new();
    private DateTimeOffset next = DateTimeOffset.MinValue;

    /// <summary>Waits until the next request may be sent.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (gate)
        {
            var now = clock.GetUtcNow();

            // Unused requests are saved up to the burst.
            var earliest = now - (interval * (limit.Burst - 1));
            next = next > earliest ? next : earliest;
            wait = next - now;
            next += interval;
        }

        return wait > TimeSpan.Zero ? Task.Delay(wait, clock, cancellationToken) : Task.CompletedTask;
    }
}

/// <summary>A limit for the rate of requests.</summary>
/// <param name="RequestsPerSecond">The average number of requests per second; greater than zero.</param>
/// <param name="Burst">The number of requests that can be sent at once after an idle period; greater than zero.</param>
internal sealed record VaultRateLimit(double RequestsPerSecond, int Burst);
