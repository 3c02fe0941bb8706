using System.Collections.Concurrent;
using KubeInject.Credentials;

namespace KubeInject.IntegrationTests.Leases;

/// <summary>Remembers what it was told to renew and to revoke.</summary>
/// <param name="fail">Makes a call fail; null for none.</param>
internal sealed class SweepIssuer(Func<CredentialHandle, Exception?>? fail = null) : ICredentialIssuer
{
    public ConcurrentDictionary<Guid, int> Renewed { get; } = new();

    public ConcurrentDictionary<Guid, int> Revoked { get; } = new();

    public string Name => "test";

    public string? Notice => null;

    public Task<CredentialHandle> PrepareAsync(CredentialRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(new CredentialHandle(request.Uuid, request.Role, request.Mount) { Username = $"user-{request.Uuid}" });

    public Task<Credential> IssueAsync(CredentialRequest request, CredentialHandle handle, CancellationToken cancellationToken) =>
        Task.FromResult(new Credential(handle.Username!, new SensitiveString("password"), ExpiresAt: DateTimeOffset.UtcNow.AddHours(6), IsRenewable: true));

    public Task<DateTimeOffset?> RenewAsync(CredentialHandle handle, CancellationToken cancellationToken)
    {
        Count(Renewed, handle);
        return Task.FromResult<DateTimeOffset?>(DateTimeOffset.UtcNow.AddHours(6));
    }

    public Task RevokeAsync(CredentialHandle handle, CancellationToken cancellationToken)
    {
        Count(Revoked, handle);
        return Task.CompletedTask;
    }

    private void Count(ConcurrentDictionary<Guid, int> calls, CredentialHandle handle)
    {
        if (fail?.Invoke(handle) is { } exception)
            throw exception;
        calls.AddOrUpdate(handle.Uuid, 1, (_, count) => count + 1);
    }
}
