using KubeInject.Credentials;
using KubeInject.Leases;

namespace KubeInject.Injection;

/// <summary>Issued credentials that are not delivered yet and can be revoked.</summary>
internal sealed class CredentialTransaction(CredentialSource source)
{
    private readonly List<IssuedLease> leases = [];

    public IReadOnlyList<IssuedLease> Leases => leases;

    /// <summary>Issues one credential for each requested database of a pod template, and creates the Secret for the delivery if it belongs in the cluster.</summary>
    /// <param name="pod">The pod template and its plan.</param>
    /// <param name="secrets">Creates Secrets. Null if no Secret is created in the cluster.</param>
    /// <param name="cancellationToken">Cancels the operation. The caller has to revoke the credentials that are already issued.</param>
    /// <returns>The credentials, in the order of the databases.</returns>
    public async Task<IReadOnlyList<IssuedLease>> IssueAsync(PlannedPod pod, SecretWriter? secrets, CancellationToken cancellationToken)
    {
        if (pod.Plan is null)
            return [];

        var secret = pod.Secret?.Reference;
        var owner = pod.Plan.Object with { Namespace = pod.Plan.Object.Namespace ?? secret?.Namespace };
        var requests = pod.Plan.Databases.Select(database =>
            new CredentialRequest(Guid.NewGuid(), database.Name, database.Role!, database.Mount, owner, pod.ServiceAccountName)
            {
                // Without a cluster the Secret cannot be deleted, and the revocation of the lease would never complete.
                Secret = source.Client is null ? null : secret,
            });
        var issued = await IssueAsync(requests, cancellationToken).ConfigureAwait(false);
        if (secrets is not null)
            await secrets.WriteAsync(pod, issued, cancellationToken).ConfigureAwait(false);
        return issued;
    }

    /// <summary>Issues credentials.</summary>
    /// <param name="requests">The requested credentials.</param>
    /// <param name="cancellationToken">Cancels the operation. The caller has to revoke the credentials that are already issued.</param>
    /// <returns>The credentials, in the order of the requests.</returns>
    public async Task<IReadOnlyList<IssuedLease>> IssueAsync(IEnumerable<CredentialRequest> requests, CancellationToken cancellationToken)
    {
        var issued = new List<IssuedLease>();
        foreach (var request in requests)
        {
            issued.Add(await source.IssueAsync(request, cancellationToken).ConfigureAwait(false));
            leases.Add(issued[^1]);
        }

        return issued;
    }

    /// <summary>Revokes credentials. If one cannot be revoked, the others are still revoked.</summary>
    /// <param name="kept">The number of credentials that are kept, in the order of their issue. Default: 0.</param>
    /// <returns>One sentence about the credentials that could not be revoked. Null if there are none.</returns>
    public async Task<string?> RevokeAsync(int kept = 0)
    {
        var revoked = leases[kept..];
        leases.RemoveRange(kept, revoked.Count);
        return await source.RollBackAsync(revoked.Select(lease => lease.Record)).ConfigureAwait(false);
    }
}
