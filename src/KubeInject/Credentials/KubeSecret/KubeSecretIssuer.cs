using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Credentials.KubeSecret;

/// <summary>
/// Reads username and password from existing Secrets. It issues and revokes nothing, because the Secrets are managed outside
/// of KubeInject.
/// </summary>
/// <param name="client">The cluster of the Secrets.</param>
/// <param name="options">The names and keys of the Secrets.</param>
internal sealed class KubeSecretIssuer(KubeObjectClient client, KubeSecretOptions options) : ICredentialIssuer
{
    /// <inheritdoc/>
    public string Name => "kube-secret";

    /// <inheritdoc/>
    public string? Location => $"Secrets '{options.Pattern}' in {client.Server}";

    /// <inheritdoc/>
    public string? Notice => null;

    /// <inheritdoc/>
    public bool Revokes => false;

    /// <inheritdoc/>
    public Task<LeaseRecord> PrepareAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        var secret = options.Pattern.Resolve(lease, options.DefaultNamespace);
        return Task.FromResult(lease with { LeaseId = secret.ToString() });
    }

    /// <inheritdoc/>
    public async Task<Credential> IssueAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        var reference = options.Pattern.Resolve(lease, options.DefaultNamespace);
        var secret = await ReadAsync(reference, lease, cancellationToken).ConfigureAwait(false);
        if (!secret.IsCredentialType)
            throw Refused($"{reference} has the type {secret.Type}. Use a Secret of the type {SecretContent.BasicAuthType} or {SecretContent.OpaqueType}.");
        return new Credential(Text(secret, options.UsernameKey).Reveal(), Text(secret, options.PasswordKey), reference.ToString());
    }

    /// <inheritdoc/>
    public Task<DateTimeOffset?> RenewAsync(LeaseRecord lease, CancellationToken cancellationToken) => Task.FromResult<DateTimeOffset?>(null);

    /// <inheritdoc/>
    public Task RevokeAsync(LeaseRecord lease, CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<SecretContent> ReadAsync(ObjectReference secret, LeaseRecord lease, CancellationToken cancellationToken)
    {
        try
        {
            return SecretContent.Read(await client.GetAsync(KubeResource.Secrets, secret.Name, secret.Namespace, cancellationToken).ConfigureAwait(false));
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.NotFound)
        {
            throw Refused($"{secret} does not exist; the pattern '{options.Pattern}' requires it for the role '{lease.Role}' of the database '{lease.Database}'. Create the Secret, or change the role or the pattern.", exception);
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.Forbidden)
        {
            throw Refused($"The user of this connection may not read {secret}. Grant this user the right to get the Secret. ({exception.Message})", exception);
        }
    }

    private static SensitiveString Text(SecretContent secret, string key)
    {
        if (!secret.Values.TryGetValue(key, out var value))
            throw Refused($"{secret} has no key '{key}'; it has {(secret.Values.Count == 0 ? "none" : string.Join(", ", secret.Values.Keys.Order(StringComparer.Ordinal)))}. Add the key, or specify an existing key.");
        if (secret.Base64Keys.Contains(key))
            throw Refused($"{secret} has a value that is not text for the key '{key}'. Store the value as UTF-8.");
        return value.Reveal().Length > 0 ? value : throw Refused($"{secret} has an empty value for the key '{key}'. Set the value.");
    }

    private static CredentialException Refused(string message, Exception? cause = null) => new(CredentialFailure.Refused, message, cause);
}
