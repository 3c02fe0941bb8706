using KubeInject.Annotations;
using KubeInject.Credentials;
using KubeInject.Kubernetes;
using KubeInject.Leases;

namespace KubeInject.Injection;

/// <summary>The credentials that were issued and not yet handed out, so that they can be taken back.</summary>
internal sealed class IssuedCredentials(CredentialSource source)
{
    private readonly List<IssuedLease> leases = [];

    public async Task<IssuedLease> IssueAsync(DatabaseInjection database, PodTemplate pod, CancellationToken cancellationToken)
    {
        var request = new CredentialRequest(Guid.NewGuid(), database.Name, database.Role!, database.Mount, pod.Object, pod.ServiceAccountName);
        leases.Add(await source.IssueAsync(request, cancellationToken).ConfigureAwait(false));
        return leases[^1];
    }

    public void TakeOver(IssuedCredentials other) => leases.AddRange(other.leases);

    /// <summary>Revokes them all. One that cannot be revoked does not keep the others.</summary>
    /// <returns>What to tell of those that could not be revoked, in one sentence; null where there are none.</returns>
    public async Task<string?> RevokeAsync()
    {
        var left = await source.TakeBackAsync(leases.Select(lease => lease.Record)).ConfigureAwait(false);
        leases.Clear();
        return left;
    }
}
