using KubeInject.Credentials;

namespace KubeInject.Testing;

/// <summary>Issues what a test wants issued, and remembers what is live.</summary>
public sealed class RecordingIssuer(Func<CredentialRequest, Credential>? issue = null) : ICredentialIssuer
{
    public List<CredentialRequest> Issued { get; } = [];

    public HashSet<Guid> Live { get; } = [];

    public string Name => "test";

    public string? Notice => null;

    public Task<CredentialHandle> PrepareAsync(CredentialRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(new CredentialHandle(request.Uuid, request.Role, request.Mount));

    public Task<Credential> IssueAsync(CredentialRequest request, CredentialHandle handle, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var credential = issue?.Invoke(request) ?? new Credential($"user-{request.Database}", new SensitiveString($"password-{request.Database}"), $"lease/{request.Uuid}");
        Issued.Add(request);
        Live.Add(request.Uuid);
        return Task.FromResult(credential);
    }

    public Task<DateTimeOffset?> RenewAsync(CredentialHandle handle, CancellationToken cancellationToken) => Task.FromResult<DateTimeOffset?>(null);

    public Task RevokeAsync(CredentialHandle handle, CancellationToken cancellationToken)
    {
        Live.Remove(handle.Uuid);
        return Task.CompletedTask;
    }
}
