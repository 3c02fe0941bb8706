using System.Collections.Concurrent;
using KubeInject.Credentials;
using KubeInject.Credentials.Vault;

namespace KubeInject.Diagnosis.Vault;

/// <summary>Reads from Vault and caches each path, because many pods use the same roles.</summary>
internal sealed class CachingVaultReader(VaultClient vault)
{
    private readonly ConcurrentDictionary<string, Task<VaultResponse>> responses = new(StringComparer.Ordinal);

    /// <summary>Reads a path. Responses with status 404 and refusals are returned, not thrown.</summary>
    /// <exception cref="CredentialException">Vault did not answer, or the login failed.</exception>
    public async Task<VaultResponse> ReadAsync(VaultRequest request, CancellationToken cancellationToken)
    {
        var response = await responses.GetOrAdd(request.Path, _ => vault.SendAsync(request, cancellationToken)).ConfigureAwait(false);
        return response.IsSuccess || response.StatusCode == 404 || VaultFailures.IsRefusal(response) ? response : throw vault.Failure(request, response);
    }
}
