using KubeInject.Credentials;

namespace KubeInject.Testing;

/// <summary>Issues what a test wants issued, and remembers what is live.</summary>
public sealed class RecordingIssuer(Func<CredentialRequest, Credential>? issue = null) : ICredentialIssuer
{
    public List<CredentialRequest> Issued { get; } = [];

    public HashSet<Guid> Live { get; } = [];

    public string Name => "test";

    public string? Notice => null;

    public Task<Credential> IssueAsync(CredentialRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var credential = issue?.Invoke(request) ?? new Credential($"user-{request.Database}", new Secret($"password-{request.Database}"), $"lease/{request.Uuid}");
        Issued.Add(request);
        Live.Add(request.Uuid);
        return Task.FromResult(credential);
    }

    public Task RevokeAsync(Guid uuid, string? leaseId, CancellationToken cancellationToken)
    {
        Live.Remove(uuid);
        return Task.CompletedTask;
    }
}
