using KubeInject.Credentials;
using KubeInject.Leases;

namespace KubeInject.Injection;

/// <summary>The credentials that were issued and not yet handed out, so that they can be taken back.</summary>
internal sealed class CredentialTransaction(CredentialSource source)
{
    private readonly List<IssuedLease> leases = [];

    public IReadOnlyList<IssuedLease> Leases => leases;

    /// <summary>Issues what a pod template asks for, one credential a database, and creates the Secret that they are delivered in, where one is to be in the cluster.</summary>
    /// <param name="pod">The template and its plan.</param>
    /// <param name="secrets">Creates Secrets; null where none goes to the cluster.</param>
    /// <param name="cancellationToken">Ends the attempt; what was issued by then is to be taken back.</param>
    /// <returns>The credentials, in the order of the databases.</returns>
    public async Task<IReadOnlyList<IssuedLease>> IssueAsync(PlannedPod pod, SecretWriter? secrets, CancellationToken cancellationToken)
    {
        var issued = new List<IssuedLease>();
        if (pod.Plan is null)
            return issued;

        var template = pod.Template;
        var secret = pod.Delivery!.Secret?.Reference;
        var owner = template.Object with { Namespace = template.Object.Namespace ?? secret?.Namespace };
        foreach (var database in pod.Plan.Injection.Databases)
        {
            var request = new CredentialRequest(Guid.NewGuid(), database.Name, database.Role!, database.Mount, owner, template.ServiceAccountName)
            {
                // Without a cluster nobody could delete it, and a lease that is revoked would wait for that forever.
                Secret = source.Client is null ? null : secret,
            };
            issued.Add(await source.IssueAsync(request, cancellationToken).ConfigureAwait(false));
            leases.Add(issued[^1]);
        }

        if (secrets is not null)
            await secrets.WriteAsync(pod, issued, cancellationToken).ConfigureAwait(false);
        return issued;
    }

    public void Merge(CredentialTransaction other) => leases.AddRange(other.leases);

    /// <summary>Revokes them all. One that cannot be revoked does not keep the others.</summary>
    /// <returns>What to tell of those that could not be revoked, in one sentence; null where there are none.</returns>
    public async Task<string?> RevokeAsync()
    {
        var left = await source.RollBackAsync(leases.Select(lease => lease.Record)).ConfigureAwait(false);
        leases.Clear();
        return left;
    }
}
