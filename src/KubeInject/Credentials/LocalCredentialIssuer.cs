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
    public string? Location => "random values for tests";

    /// <inheritdoc/>
    public string? Notice => "Credentials of the source 'local' are random. No database has them.";

    /// <inheritdoc/>
    public Task<LeaseRecord> PrepareAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        var username = $"local-{lease.Role}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        return Task.FromResult(lease with { Username = username });
    }

    /// <inheritdoc/>
    public Task<Credential> IssueAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        cancellationToken.ThrowIfCancellationRequested();
        var password = new SensitiveString(RandomNumberGenerator.GetString(Alphabet, PasswordLength));
        return Task.FromResult(new Credential(lease.Username!, password, $"local/{lease.Role}/{lease.Uuid}"));
    }

    /// <inheritdoc/>
    public Task<DateTimeOffset?> RenewAsync(LeaseRecord lease, CancellationToken cancellationToken) => Task.FromResult<DateTimeOffset?>(null);

    /// <inheritdoc/>
    public Task RevokeAsync(LeaseRecord lease, CancellationToken cancellationToken) => Task.CompletedTask;
}
