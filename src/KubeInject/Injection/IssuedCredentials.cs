using KubeInject.Annotations;
using KubeInject.Credentials;
using KubeInject.Kubernetes;
using KubeInject.Leases;

namespace KubeInject.Injection;

/// <summary>The credentials that were issued and not yet handed out, so that they can be taken back.</summary>
internal sealed class IssuedCredentials(CredentialSource source)
{
    private readonly List<KeyValuePair<CredentialRequest, Credential>> credentials = [];

    public async Task<KeyValuePair<CredentialRequest, Credential>> IssueAsync(
        DatabaseInjection database, PodTemplate pod, CancellationToken cancellationToken)
    {
        var request = new CredentialRequest(Guid.NewGuid(), database.Name, database.Role!, database.Mount, pod.Object, pod.ServiceAccountName);
        var credential = await source.IssueAsync(request, cancellationToken).ConfigureAwait(false);
        credentials.Add(KeyValuePair.Create(request, credential));
        return credentials[^1];
    }

    public void TakeOver(IssuedCredentials other) => credentials.AddRange(other.credentials);

    /// <summary>Revokes them all. One that cannot be revoked does not keep the others.</summary>
    /// <returns>What to tell of those that could not be revoked, in one sentence; null where there are none.</returns>
    public async Task<string?> RevokeAsync()
    {
        var left = new List<string>();
        foreach (var (request, credential) in credentials)
        {
            try
            {
                await source.RevokeAsync(request.Uuid, credential.LeaseId, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                left.Add($"{request.Uuid} ({exception.Message})");
            }
        }

        credentials.Clear();
        return left.Count == 0 ? null : $"What was issued could not all be revoked; the records of these leases are kept: {string.Join(", ", left)}.";
    }
}
