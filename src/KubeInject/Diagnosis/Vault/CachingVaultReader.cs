using System.Collections.Concurrent;
using KubeInject.Credentials;
using KubeInject.Credentials.Vault;

namespace KubeInject.Diagnosis.Vault;

/// <summary>Reads in Vault, each path once: many pods ask for the same roles.</summary>
internal sealed class CachingVaultReader(VaultClient vault)
{
    private readonly ConcurrentDictionary<string, Task<VaultResponse>> answers = new(StringComparer.Ordinal);

    /// <summary>What Vault answers, whatever its status.</summary>
    /// <exception cref="CredentialException">No answer came, or Vault does not let us in.</exception>
    public async Task<VaultResponse> ReadAsync(VaultRequest question, CancellationToken cancellationToken)
    {
        var response = await answers.GetOrAdd(question.Path, _ => vault.SendAsync(question, cancellationToken)).ConfigureAwait(false);
        return response.IsSuccess || response.StatusCode == 404 || VaultFailures.IsRefusal(response) ? response : throw vault.Failure(question, response);
    }
}
