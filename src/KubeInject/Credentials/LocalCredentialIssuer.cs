using System.Security.Cryptography;

namespace KubeInject.Credentials;

/// <summary>Makes credentials up, for trying things out without a Vault or a database.</summary>
public sealed class LocalCredentialIssuer : ICredentialIssuer
{
    private const string Alphabet = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    private const int PasswordLength = 24;

    /// <inheritdoc/>
    public string Name => "local";

    /// <inheritdoc/>
    public string? Notice => "Credentials from the source 'local' are made up: no database knows them.";

    /// <inheritdoc/>
    public Task<Credential> IssueAsync(CredentialRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        var username = $"local-{request.Role}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        var password = new Secret(RandomNumberGenerator.GetString(Alphabet, PasswordLength));
        return Task.FromResult(new Credential(username, password, $"local/{request.Role}/{request.Uuid}"));
    }

    /// <inheritdoc/>
    public Task RevokeAsync(Guid uuid, string? leaseId, CancellationToken cancellationToken) => Task.CompletedTask;
}
