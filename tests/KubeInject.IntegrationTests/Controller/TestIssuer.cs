using KubeInject.Credentials;

namespace KubeInject.IntegrationTests.Controller;

/// <summary>An issuer that counts its calls, and that can be unavailable or killed.</summary>
internal sealed class TestIssuer(ICredentialIssuer issuer, KillSwitch kill) : ICredentialIssuer
{
    private int issued;
    private int renewed;
    private int revoked;

    public string Name => issuer.Name;

    public string? ServerName => issuer.ServerName;

    public string? Notice => issuer.Notice;

    public bool Revokes => issuer.Revokes;

    /// <summary>Whether the source does not answer.</summary>
    public bool IsDown { get; set; }

    /// <summary>The longest time that the source allows from the beginning of a lease; null for none.</summary>
    public TimeSpan? LongestLifetime { get; set; }

    public int Issued => issued;

    public int Renewed => renewed;

    public int Revoked => revoked;

    public Task<LeaseRecord> PrepareAsync(LeaseRecord lease, CancellationToken cancellationToken) => RunAsync(() => issuer.PrepareAsync(lease, cancellationToken));

    public Task<Credential> IssueAsync(LeaseRecord lease, CancellationToken cancellationToken) => RunAsync(() =>
    {
        Interlocked.Increment(ref issued);
        return issuer.IssueAsync(lease, cancellationToken);
    });

    public Task<DateTimeOffset?> RenewAsync(LeaseRecord lease, CancellationToken cancellationToken) => RunAsync(() =>
    {
        Interlocked.Increment(ref renewed);
        return RenewUpToLimitAsync(lease, cancellationToken);
    });

    public Task RevokeAsync(LeaseRecord lease, CancellationToken cancellationToken) => RunAsync(async () =>
    {
        Interlocked.Increment(ref revoked);
        await issuer.RevokeAsync(lease, cancellationToken);
        return true;
    });

    private async Task<DateTimeOffset?> RenewUpToLimitAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        var end = await issuer.RenewAsync(lease, cancellationToken);
        if (lease.RecordedAt + LongestLifetime is not { } limit || limit >= end)
            return end;
        await TestDatabase.ExecuteAsync($"ALTER ROLE {TestDatabase.Identifier(lease.Username!)} VALID UNTIL '{limit:O}'");
        return limit;
    }

    private async Task<T> RunAsync<T>(Func<Task<T>> call)
    {
        kill.Step();
        if (IsDown)
            throw new CredentialException(CredentialFailure.Unavailable, "The source cannot be reached.");
        var result = await call();
        kill.Step();
        return result;
    }
}
