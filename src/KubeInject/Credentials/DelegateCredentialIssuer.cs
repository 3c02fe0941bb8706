namespace KubeInject.Credentials;

/// <summary>Issues credentials with delegates of the caller, for example a script.</summary>
/// <param name="name">The name of the issuer.</param>
/// <param name="issue">Issues a credential.</param>
/// <param name="revoke">Revokes a credential, whether or not it was issued; null if credentials cannot be revoked.</param>
internal sealed class DelegateCredentialIssuer(
    string name,
    Func<CredentialRequest, CancellationToken, Task<Credential>> issue,
    Func<CredentialHandle, CancellationToken, Task>? revoke = null) : ICredentialIssuer
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public string? Notice => null;

    /// <inheritdoc/>
    public bool Revokes => revoke is not null;

    /// <inheritdoc/>
    public Task<CredentialHandle> PrepareAsync(CredentialRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Task.FromResult(new CredentialHandle(request.Uuid, request.Role, request.Mount));
    }

    /// <inheritdoc/>
    public Task<Credential> IssueAsync(CredentialRequest request, CredentialHandle handle, CancellationToken cancellationToken) => issue(request, cancellationToken);

    /// <inheritdoc/>
    public Task<DateTimeOffset?> RenewAsync(CredentialHandle handle, CancellationToken cancellationToken) => Task.FromResult<DateTimeOffset?>(null);

    /// <inheritdoc/>
    public Task RevokeAsync(CredentialHandle handle, CancellationToken cancellationToken) => revoke?.Invoke(handle, cancellationToken) ?? Task.CompletedTask;
}
