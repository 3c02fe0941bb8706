using System.Globalization;
using KubeInject.Credentials;
using KubeInject.Testing;
using KubeInject.Testing.Sweeps;

namespace KubeInject.Tests.Leases;

/// <summary>Random histories of sweeps on simulated time. KUBEINJECT_SWEEP_HISTORIES specifies how many.</summary>
public sealed class SweepModelTests
{
    private const int Steps = 30;

    private static int Count => int.Parse(Environment.GetEnvironmentVariable("KUBEINJECT_SWEEP_HISTORIES") is { Length: > 0 } count ? count : "10000", CultureInfo.InvariantCulture);

    [Fact]
    public async Task No_history_revokes_a_credential_in_use_or_keeps_one_without_an_owner()
    {
        var (revocations, renewals) = (0, 0);
        await Parallel.ForAsync(0, Count, async (index, _) =>
        {
            try
            {
                var history = await SweepHistory.RunAsync(TestSeed.Value + index, new MemoryIssuer(), "orders", Steps);
                Interlocked.Add(ref revocations, history.Revocations);
                Interlocked.Add(ref renewals, history.Renewals);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"{TestSeed.Hint} History {index}: {exception.Message}", exception);
            }
        });

        // The histories contain leases to revoke and to renew.
        Assert.True(revocations > Count && renewals > Count, $"Only {revocations} credentials were revoked, and {renewals} renewed.");
    }

    private sealed class MemoryIssuer : ICredentialIssuer
    {
        public string Name => "memory";

        public string? Notice => null;

        public Task<LeaseRecord> PrepareAsync(LeaseRecord lease, CancellationToken cancellationToken) =>
            Task.FromResult(lease);

        public Task<Credential> IssueAsync(LeaseRecord lease, CancellationToken cancellationToken) =>
            Task.FromResult(new Credential("user", new SensitiveString("password"), IsRenewable: true));

        public Task<DateTimeOffset?> RenewAsync(LeaseRecord lease, CancellationToken cancellationToken) => Task.FromResult<DateTimeOffset?>(null);

        public Task RevokeAsync(LeaseRecord lease, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
