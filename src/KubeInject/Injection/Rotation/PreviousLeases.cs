using KubeInject.Annotations;
using KubeInject.Credentials;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.Injection.Rotation;

/// <summary>The leases of a workload before a rotation.</summary>
internal sealed class PreviousLeases(CredentialSource source, KubeObjectClient client)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // Pods can still be terminating after the rollout, however long it took.
    private static readonly TimeSpan MinimumTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Returns each lease with its record. The record is null if the source has none.</summary>
    public async Task<IReadOnlyDictionary<Guid, LeaseRecord?>> FindAsync(IEnumerable<Guid> uuids, CancellationToken cancellationToken)
    {
        var found = new Dictionary<Guid, LeaseRecord?>();
        foreach (var uuid in uuids.Distinct())
            found[uuid] = await source.Leases.FindAsync(uuid, cancellationToken).ConfigureAwait(false);
        return found;
    }

    /// <summary>Waits until no pod uses the leases and revokes them. A warning reports leases that cannot be revoked. The next sweep tries again.</summary>
    public async Task<RotationResult> RevokeAsync(
        RotationResult result, IReadOnlyDictionary<Guid, LeaseRecord?> old, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var own = old.Where(pair => ReasonToKeep(result.Object, pair.Value) is null).ToDictionary();
        if (own.Count > 0
            && (await UsersAsync(result.Object, own.Keys.ToHashSet(), timeout, cancellationToken).ConfigureAwait(false)
                ?? await OwnersElsewhereAsync(result.Object, own.Keys.ToHashSet(), cancellationToken).ConfigureAwait(false)) is { } users)
            return result with { NotRevoked = old.Keys.ToArray(), Warning = $"{result.Object}: The old credentials are not revoked: {users}. The next sweep revokes them when no pod has them any more." };

        var revoked = new List<Guid>();
        var kept = new List<string>();
        var left = new List<string>();
        foreach (var (uuid, record) in old)
        {
            if (ReasonToKeep(result.Object, record) is { } reason)
            {
                kept.Add($"{uuid} ({reason})");
                continue;
            }

            using var limit = new CancellationTokenSource(CredentialSource.CleanupTimeout, source.Time);
            try
            {
                if (await source.RevokeAsync(record!, limit.Token).ConfigureAwait(false) is { } warning)
                    left.Add($" {uuid}: {warning}");
                revoked.Add(uuid);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                kept.Add($"{uuid} ({exception.Message})");
            }
        }

        return result with
        {
            Revoked = revoked.ToArray(),
            NotRevoked = old.Keys.Except(revoked).ToArray(),
            Warning = kept.Count + left.Count == 0 ? null
                : $"{result.Object}:{(kept.Count == 0 ? "" : $" Not all old credentials could be revoked: {string.Join(", ", kept)}.")}{string.Concat(left)}",
        };
    }

    /// <summary>Returns why a lease does not belong to the workload. An annotation can name the lease of another object. Null if the lease belongs to the workload.</summary>
    /// <remarks>A record without a namespace can be from a manifest that was applied to several namespaces.</remarks>
    private string? ReasonToKeep(ObjectReference workload, LeaseRecord? record) =>
        record is null ? $"the source '{source.Name}' has no record of it"
        : record.Owner == workload ? null
        : $"it was issued for {record.Owner}{(record.Owner.Namespace is null ? " in an unknown namespace" : "")}, and the next sweep revokes it when no object names it any more";

    /// <summary>Waits until no pod names any of the leases. Terminating pods and running Jobs still use them.</summary>
    /// <returns>The pods that still use the leases, or why they are unknown. Null if no pod uses them.</returns>
    private async Task<string?> UsersAsync(ObjectReference workload, HashSet<Guid> uuids, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout > MinimumTimeout ? timeout : MinimumTimeout, source.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var query = new KubeQuery { Namespace = workload.Namespace, FieldSelector = "status.phase!=Succeeded,status.phase!=Failed" };
        var users = new List<string>();
        try
        {
            while (true)
            {
                var found = new List<string>();
                await foreach (var pod in client.ListMetadataAsync(KubeResource.Pods, query, either.Token).ConfigureAwait(false))
                {
                    if (InjectionAnnotation.LeasesOf(pod.Annotations).Any(uuids.Contains) || (Guid.TryParse(pod.Uid, out var uid) && uuids.Contains(uid)))
                        found.Add(pod.Name);
                }

                users = found;
                if (users.Count == 0)
                    return null;
                await Task.Delay(Pause, source.Time, either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            return users.Count == 0 ? "it is not known whether a pod still has them" : $"{string.Join(", ", users)} still {(users.Count == 1 ? "has" : "have")} them";
        }
        catch (Exception exception) when (exception is KubeApiException or KubeConnectionException)
        {
            return $"it is not known whether a pod still has them ({exception.Message})";
        }
    }

    /// <summary>
    /// Searches for other owners: an annotation can be copied to another workload or namespace. Objects that the user has no
    /// permission to read do not prevent the revocation, because the leases belong to the workload and the user requested
    /// the rotation.
    /// </summary>
    /// <returns>The objects that still name the leases, or why they are unknown. Null if none was found.</returns>
    private async Task<string?> OwnersElsewhereAsync(ObjectReference workload, HashSet<Guid> uuids, CancellationToken cancellationToken)
    {
        try
        {
            var reader = new KubeOwnerReader(client, new LeaseOptions { Namespace = workload.Namespace, SkipCustomResources = true });
            var view = await reader.ReadAsync(uuids, cancellationToken).ConfigureAwait(false);
            var others = view.Owners.Values.SelectMany(owners => owners).Where(owner => !MayBeOf(workload, owner)).Distinct().Select(owner => $"{owner}").Order(StringComparer.Ordinal).ToList();
            return others.Count == 0 ? null : $"{string.Join(", ", others)} still {(others.Count == 1 ? "has" : "have")} them";
        }
        catch (OperationCanceledException)
        {
            return "it is not known whether another workload has them";
        }
        catch (Exception exception) when (exception is KubeApiException or KubeConnectionException)
        {
            return $"it is not known whether another workload has them ({exception.Message})";
        }
    }

    /// <summary>Returns whether an owner can belong to the workload before the rotation: a pod of the namespace, which has ended, or a Job of a CronJob.</summary>
    private static bool MayBeOf(ObjectReference workload, ObjectReference owner) =>
        owner.Namespace == workload.Namespace && (owner.Kind == KubeResource.Pods.Kind || (owner.Kind == KubeResource.Jobs.Kind && workload.Kind == KubeResource.CronJobs.Kind));
}
