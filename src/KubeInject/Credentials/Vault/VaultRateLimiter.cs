namespace KubeInject.Credentials.Vault;

/// <summary>Keeps requests to a rate. Each request gets its turn; after a rest some go at once.</summary>
internal sealed class VaultRateLimiter(VaultRateLimit limit, TimeProvider clock)
{
    private readonly TimeSpan interval = TimeSpan.FromSeconds(1 / limit.RequestsPerSecond);
    private readonly object gate = new();
    private DateTimeOffset next = DateTimeOffset.MinValue;

    /// <summary>Ends when it is the caller's turn.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (gate)
        {
            var now = clock.GetUtcNow();

            // Turns that nobody took are kept, up to the burst.
            var earliest = now - (interval * (limit.Burst - 1));
            next = next > earliest ? next : earliest;
            wait = next - now;
            next += interval;
        }

        return wait > TimeSpan.Zero ? Task.Delay(wait, clock, cancellationToken) : Task.CompletedTask;
    }
}
