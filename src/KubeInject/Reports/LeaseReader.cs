using KubeInject.Credentials;
using KubeInject.Diagnosis.Cluster;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.Reports;

/// <summary>Reads the recorded leases and determines their states.</summary>
/// <param name="client">The cluster.</param>
/// <param name="source">The source of the leases; null for all leases that KubeInject recorded in the cluster.</param>
/// <param name="time">The clock.</param>
internal sealed class LeaseReader(KubeObjectClient client, CredentialSource? source, TimeProvider time)
{
    /// <summary>Reads the leases.</summary>
    /// <param name="query">The namespace of the leases' owners.</param>
    /// <param name="gaps">Receives a sentence for everything that could not be read.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The leases in the order of their expiration; and a sentence that describes where they are recorded.</returns>
    public async Task<(IReadOnlyList<ReportedLease> Leases, string Source)> ReadAsync(KubeQuery query, ISet<string> gaps, CancellationToken cancellationToken)
    {
        var sourceText = source is null ? $"Leases that KubeInject recorded in the namespace {KubeLeaseStore.DefaultNamespace}." : $"Leases of the source {source.Name}.";
        var records = await ListAsync(gaps, cancellationToken).ConfigureAwait(false);
        foreach (var unreadable in records.Unreadable)
            gaps.Add($"A lease record cannot be read: {unreadable}");
        if (records.Count == 0)
            return ([], sourceText);
        var view = await OwnersAsync(records, query.Namespace, gaps, cancellationToken).ConfigureAwait(false);
        var now = time.GetUtcNow();
        var grace = new LeaseOptions().GracePeriod;
        var rules = new LeaseRules(records, view, grace);
        return (
        [
            .. from record in records
               where source is null || source.Owns(record)
               let owner = view?.FirstOwnerOf(record.Uuid)
               where query.Namespace is null || (record.Owner.Namespace ?? owner?.Namespace) == query.Namespace
               let isAbandoned = rules.IsWithoutOwner(record) && !(now - record.RecordedAt < grace)
               orderby record.ExpiresAt ?? DateTimeOffset.MaxValue, record.Uuid.ToString()
               select new ReportedLease(
                   record.Uuid, LeaseInventory.StateAt(record, isAbandoned, now), $"{owner ?? record.Owner}", record.Database, record.Role, record.Source, record.RecordedAt, record.ExpiresAt, record.IsRenewable),
        ], sourceText);
    }

    private async Task<LeaseRecordList> ListAsync(ISet<string> gaps, CancellationToken cancellationToken)
    {
        try
        {
            return await (source?.Leases ?? new KubeLeaseStore(client)).ListAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.NotFound && source is null)
        {
            gaps.Add($"The namespace {KubeLeaseStore.DefaultNamespace} with lease records does not exist. Use -CredentialSource to show leases that are recorded elsewhere.");
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.Forbidden && source is null)
        {
            gaps.Add($"Leases could not be read. {ClusterCache.MissingPermission("list", KubeResource.Secrets, KubeLeaseStore.DefaultNamespace)}");
        }
        catch (Exception exception) when (exception is KubeApiException or CredentialException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            gaps.Add($"Leases could not be read. {exception.Message}");
        }

        return new LeaseRecordList([]);
    }

    /// <summary>The owners of the leases; null if no owners can be read.</summary>
    private async Task<OwnerView?> OwnersAsync(LeaseRecordList records, string? @namespace, ISet<string> gaps, CancellationToken cancellationToken)
    {
        OwnerView view;
        try
        {
            var reader = new KubeOwnerReader(client, new LeaseOptions { Namespace = @namespace });
            view = await reader.ReadOneKindAsync(records.Select(record => record.Uuid).ToHashSet(), cancellationToken).ConfigureAwait(false);
        }
        catch (KubeApiException exception)
        {
            gaps.Add($"Whether leases still have owners could not be checked, so no lease is shown as orphaned. {exception.Message}");
            return null;
        }

        foreach (var gap in view.Gaps.Where(gap => gap.Kind == OwnerGapKind.Workloads || records.Any(gap.MayHide)))
            gaps.Add($"Leases whose owner cannot be read are not shown as orphaned: {gap}");
        return view;
    }
}
