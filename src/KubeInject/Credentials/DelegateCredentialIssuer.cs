namespace KubeInject.Credentials;

/// <summary>Issues credentials with delegates of the caller, for example a script.</summary>
/// <param name="name">The name of the issuer.</param>
/// <param name="issue">Issues a credential.</param>
/// <param name="revoke">Revokes a credential, whether or not it was issued; null if credentials cannot be revoked.</param>
internal sealed class DelegateCredentialIssuer(
    string name,
    Func<LeaseRecord, CancellationToken, Task<Credential>> issue,
    Func<LeaseRecord, CancellationToken, Task>? revoke = null) : ICredentialIssuer
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public string? Notice => null;

    /// <inheritdoc/>
    public bool Revokes => revoke is not null;

    /// <inheritdoc/>
    public Task<LeaseRecord> PrepareAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        return Task.FromResult(lease);
    }

    /// <inheritdoc/>
    public Task<Credential> IssueAsync(LeaseRecord lease, CancellationToken cancellationToken) => issue(lease, cancellationToken);

    /// <inheritdoc/>
    public Task<DateTimeOffset?> RenewAsync(LeaseRecord lease, CancellationToken cancellationToken) => Task.FromResult<DateTimeOffset?>(null);

    /// <inheritdoc/>
    public Task RevokeAsync(LeaseRecord lease, CancellationToken cancellationToken) => revoke?.Invoke(lease, cancellationToken) ?? Task.CompletedTask;
}
