using KubeInject.Credentials;

namespace KubeInject.Testing;

/// <summary>Issues the credentials that a test specifies, and records the valid ones.</summary>
public sealed class RecordingIssuer(Func<LeaseRecord, Credential>? issue = null, Exception? revocationFailure = null) : ICredentialIssuer
{
    public List<LeaseRecord> Issued { get; } = [];

    public HashSet<Guid> Live { get; } = [];

    public string Name => "test";

    public string? Notice => null;

    public Task<LeaseRecord> PrepareAsync(LeaseRecord lease, CancellationToken cancellationToken) =>
        Task.FromResult(lease);

    public Task<Credential> IssueAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var credential = issue?.Invoke(lease) ?? new Credential($"user-{lease.Database}", new SensitiveString($"password-{lease.Database}"), $"lease/{lease.Uuid}");
        Issued.Add(lease);
        Live.Add(lease.Uuid);
        return Task.FromResult(credential);
    }

    public Task<DateTimeOffset?> RenewAsync(LeaseRecord lease, CancellationToken cancellationToken) => Task.FromResult<DateTimeOffset?>(null);

    public Task RevokeAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        if (revocationFailure is not null)
            throw revocationFailure;
        Live.Remove(lease.Uuid);
        return Task.CompletedTask;
    }
}
