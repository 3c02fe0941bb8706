using KubeInject.Credentials;
using KubeInject.Diagnosis.Cluster;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.Reports;

/// <summary>Reads the leases on record, each with how it stands.</summary>
/// <param name="client">The cluster.</param>
/// <param name="source">The source of the leases; null for all that KubeInject has on record in the cluster.</param>
/// <param name="time">Tells the time.</param>
internal sealed class LeaseReader(KubeObjectClient client, CredentialSource? source, TimeProvider time)
{
    /// <summary>Reads.</summary>
    /// <param name="query">Of which namespace.</param>
    /// <param name="gaps">Where to add what could not be looked at.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The leases in the order in which they end; and whose they are, in words.</returns>
    public async Task<(IReadOnlyList<ReportedLease> Leases, string Source)> ReadAsync(KubeQuery query, ISet<string> gaps, CancellationToken cancellationToken)
    {
        var whose = source is null ? $"Recorded by KubeInject in the namespace {KubeLeaseStore.DefaultNamespace}." : $"Of the source {source.Name}.";
        var records = await ListAsync(gaps, cancellationToken).ConfigureAwait(false);
        foreach (var unreadable in records.Unreadable)
            gaps.Add($"A record of a lease cannot be read: {unreadable}");
        if (records.Count == 0)
            return ([], whose);
        var view = await OwnersAsync(records, query.Namespace, gaps, cancellationToken).ConfigureAwait(false);
        var now = time.GetUtcNow();
        var grace = new LeaseOptions().GracePeriod;
        var rules = new LeaseRules(records, view, grace);
        return (
        [
            .. from record in records
               where source is null || source.Owns(record)
               let owner = view?.Find(record.Uuid)
               where query.Namespace is null || (record.Owner.Namespace ?? owner?.Object.Namespace) == query.Namespace
               let isAbandoned = rules.IsWithoutOwner(record) && !(now - record.RecordedAt < grace)
               orderby record.ExpiresAt ?? DateTimeOffset.MaxValue, record.Uuid.ToString()
               select new ReportedLease(
                   record.Uuid, LeaseInventory.StateAt(record, isAbandoned, now), $"{owner?.Object ?? record.Owner}", record.Database, record.Role, record.Source, record.RecordedAt, record.ExpiresAt, record.IsRenewable),
        ], whose);
    }

    private async Task<LeaseRecordList> ListAsync(ISet<string> gaps, CancellationToken cancellationToken)
    {
        try
        {
            return await (source?.Leases ?? new KubeLeaseStore(client)).ListAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (DirectoryNotFoundException) when (source is null)
        {
            gaps.Add($"There is no namespace {KubeLeaseStore.DefaultNamespace} with records of leases. Those of another place are shown with -CredentialSource.");
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.Forbidden && source is null)
        {
            gaps.Add($"Leases could not be looked at. {ClusterCache.MissingRight("list", KubeResource.Secrets, KubeLeaseStore.DefaultNamespace)}");
        }
        catch (Exception exception) when (exception is KubeApiException or CredentialException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            gaps.Add($"Leases could not be looked at. {exception.Message}");
        }

        return new LeaseRecordList([]);
    }

    /// <summary>Who has which lease; null if nothing can be seen of that.</summary>
    private async Task<OwnerView?> OwnersAsync(LeaseRecordList records, string? @namespace, ISet<string> gaps, CancellationToken cancellationToken)
    {
        OwnerView view;
        try
        {
            var reader = new KubeOwnerReader(client, new LeaseOptions { Namespace = @namespace }, time);
            view = await reader.ReadAsync(records.Select(record => record.Uuid).ToHashSet(), cancellationToken).ConfigureAwait(false);
        }
        catch (KubeApiException exception)
        {
            gaps.Add($"Whether leases still have owners could not be looked at, so that none shows as orphaned. {exception.Message}");
            return null;
        }

        foreach (var gap in view.Gaps.Where(gap => gap.Kind == OwnerGapKind.Workloads || records.Any(gap.MayHide)))
            gaps.Add($"Leases whose owner may be there do not show as orphaned: {gap}");
        return view;
    }
}
