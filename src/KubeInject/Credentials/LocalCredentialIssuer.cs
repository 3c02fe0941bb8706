using System.Security.Cryptography;

namespace KubeInject.Credentials;

/// <summary>Generates random credentials, for tests and demonstrations without Vault or a database.</summary>
internal sealed class LocalCredentialIssuer : ICredentialIssuer
{
    private const string Alphabet = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    private const int PasswordLength = 24;

    /// <inheritdoc/>
    public string Name => "local";

    /// <inheritdoc/>
    public string? Notice => "Credentials of the source 'local' are random. No database has them.";

    /// <inheritdoc/>
    public Task<CredentialHandle> PrepareAsync(CredentialRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var username = $"local-{request.Role}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        return Task.FromResult(new CredentialHandle(request.Uuid, request.Role, request.Mount) { Username = username });
    }

    /// <inheritdoc/>
    public Task<Credential> IssueAsync(CredentialRequest request, CredentialHandle handle, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(handle);
        cancellationToken.ThrowIfCancellationRequested();
        var password = new SensitiveString(RandomNumberGenerator.GetString(Alphabet, PasswordLength));
        return Task.FromResult(new Credential(handle.Username!, password, $"local/{request.Role}/{request.Uuid}"));
    }

    /// <inheritdoc/>
    public Task<DateTimeOffset?> RenewAsync(CredentialHandle handle, CancellationToken cancellationToken) => Task.FromResult<DateTimeOffset?>(null);

    /// <inheritdoc/>
    public Task RevokeAsync(CredentialHandle handle, CancellationToken cancellationToken) => Task.CompletedTask;
}
