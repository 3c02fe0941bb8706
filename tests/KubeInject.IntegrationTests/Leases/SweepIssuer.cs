using System.Collections.Concurrent;
using KubeInject.Credentials;

namespace KubeInject.IntegrationTests.Leases;

/// <summary>Records the renewed and revoked leases.</summary>
/// <param name="fail">Makes a call fail; null for no failures.</param>
internal sealed class SweepIssuer(Func<LeaseRecord, Exception?>? fail = null) : ICredentialIssuer
{
    public ConcurrentDictionary<Guid, int> Renewed { get; } = new();

    public ConcurrentDictionary<Guid, int> Revoked { get; } = new();

    public string Name => "test";

    public string? Notice => null;

    public Task<LeaseRecord> PrepareAsync(LeaseRecord lease, CancellationToken cancellationToken) =>
        Task.FromResult(lease with { Username = $"user-{lease.Uuid}" });

    public Task<Credential> IssueAsync(LeaseRecord lease, CancellationToken cancellationToken) =>
        Task.FromResult(new Credential(lease.Username!, new SensitiveString("password"), ExpiresAt: DateTimeOffset.UtcNow.AddHours(6), IsRenewable: true));

    public Task<DateTimeOffset?> RenewAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        Count(Renewed, lease);
        return Task.FromResult<DateTimeOffset?>(DateTimeOffset.UtcNow.AddHours(6));
    }

    public Task RevokeAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        Count(Revoked, lease);
        return Task.CompletedTask;
    }

    private void Count(ConcurrentDictionary<Guid, int> calls, LeaseRecord lease)
    {
        if (fail?.Invoke(lease) is { } exception)
            throw exception;
        calls.AddOrUpdate(lease.Uuid, 1, (_, count) => count + 1);
    }
}
