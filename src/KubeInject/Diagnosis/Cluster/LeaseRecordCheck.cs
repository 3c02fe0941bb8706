using KubeInject.Annotations;
using KubeInject.Credentials;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.Diagnosis.Cluster;

/// <summary>Compares the leases in a pod's annotations with the lease records.</summary>
/// <param name="cache">The cluster.</param>
/// <param name="source">The source whose records are read; null for the records of KubeInject in the cluster.</param>
/// <param name="time">The clock.</param>
internal sealed class LeaseRecordCheck(ClusterCache cache, CredentialSource? source, TimeProvider time)
{
    private (IndexedRecords? Records, string? Problem)? read;

    /// <summary>Checks the lease records of a pod.</summary>
    /// <param name="subject">The pod or pod template.</param>
    /// <param name="hasInjector">Whether an injector is installed, which can record its leases in Vault.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <returns>The step; null if there is nothing to check.</returns>
    public async Task<DiagnosisStep?> CheckAsync(DiagnosisSubject subject, bool hasInjector, CancellationToken cancellationToken)
    {
        var annotated = subject.Injections.Where(injection => injection.Dialect == InjectionDialect.VaultDbInjector)
            .SelectMany(injection => injection.Uuids).Select(Guid.Parse).ToHashSet();

        // The NRI plugin of the in-cluster injector records the lease of a pod with the UID of the pod.
        Guid? uid = Guid.TryParse(subject.Pod?.Uid, out var parsed) ? parsed : null;
        var (records, problem) = read ??= await ReadAsync(cancellationToken).ConfigureAwait(false);
        if (problem is not null)
            return annotated.Count == 0 ? null : Step(DiagnosisStatus.Unknown, $"Whether the leases are recorded could not be checked. {problem}");
        if (records is null)
            return null;

        if (annotated.Where(records.Unreadable.Contains).Order().FirstOrDefault() is var unreadable && unreadable != Guid.Empty)
            return Step(DiagnosisStatus.Unknown, $"The record of the lease {unreadable} cannot be read, so no sweep renews or revokes the lease. Run Sync-CredentialLease to see where the record is and why it cannot be read.");
        var findings = new List<Finding>();
        var missing = annotated.Where(uuid => !records.Uuids.Contains(uuid)).Order().ToList();
        if (missing.Count > 0 && source is null && hasInjector)
            return Step(DiagnosisStatus.Unknown, "The leases are not recorded in the cluster. An installed injector can record its leases in Vault; specify a credential source to check them.");
        findings.AddRange(missing.Select(uuid => subject.Find(
            FindingCode.MissingRecord,
            FindingSeverity.Error,
            $"The lease {uuid} in the annotations is not recorded, so its credentials are not renewed and may already be revoked.",
            subject.Template.Object.Kind == "Pod" ? "Recreate the pod, so that it is injected again." : "Inject the workload again with Invoke-CredentialRotation or Invoke-CredentialInjection.",
            InjectionAnnotation.Uuid)));
        findings.AddRange(records.ByOwner[subject.Template.Object]
            .Where(record => !annotated.Contains(record.Uuid) && record.Uuid != uid && time.GetUtcNow() - record.RecordedAt > new LeaseOptions().GracePeriod)
            .Select(record => subject.Find(
                FindingCode.RecordWithoutPod,
                FindingSeverity.Warning,
                $"The lease {record.Uuid} is recorded for this object, but is not in its annotations.",
                "Run Sync-CredentialLease or 'kubeinject sync' to revoke leases that are no longer used.")));
        findings.AddRange(WrongPositions(subject, records));
        return findings.Count == 0 && annotated.Count == 0 ? null : Step(
            missing.Count > 0 ? DiagnosisStatus.Failed : findings.Count > 0 ? DiagnosisStatus.Warning : DiagnosisStatus.Passed,
            missing.Count > 0 ? "The annotations contain leases that are not recorded." : findings.Count > 0 ? "The records of the leases differ from the annotations." : "The leases are recorded.",
            [.. findings]);
    }

    // Injectors before version 3.0 did not sort the databases.
    private static IEnumerable<Finding> WrongPositions(DiagnosisSubject subject, IndexedRecords records) =>
        from injection in subject.Injections
        where injection.Dialect == InjectionDialect.VaultDbInjector
        let wrong = injection.Databases.FirstOrDefault(database => records.RoleOf(database.Uuid) is { } role && role != database.Role)
        where wrong is not null && injection.Databases.Any(database => database.Role == records.RoleOf(wrong.Uuid))
        select subject.Find(
            FindingCode.UuidOrder,
            FindingSeverity.Warning,
            $"The UUIDs are not in the order of the databases: the lease {wrong.Uuid} of the role '{records.RoleOf(wrong.Uuid)}' is at the position of '{wrong.Name}'.",
            "Create the pod again. An in-cluster injector before version 3.0 injected it.",
            InjectionAnnotation.Uuid);

    private async Task<(IndexedRecords? Records, string? Problem)> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (new IndexedRecords(await (source?.Leases ?? new KubeLeaseStore(cache.Client)).ListAsync(cancellationToken).ConfigureAwait(false)), null);
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.NotFound)
        {
            return (null, null);
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.Forbidden && source is null)
        {
            return (null, ClusterCache.MissingPermission("list", KubeResource.Secrets, KubeLeaseStore.DefaultNamespace));
        }
        catch (Exception exception) when (exception is KubeApiException or KubeConnectionException or CredentialException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return (null, exception.Message);
        }
    }

    private static DiagnosisStep Step(DiagnosisStatus state, string text, params Finding[] findings) =>
        new() { Step = DiagnosisStepKind.Outcome, State = state, Text = text, Findings = findings };

    /// <summary>The records in sets and lookups, because there can be as many records as pods to check.</summary>
    private sealed class IndexedRecords(LeaseRecordList records)
    {
        private readonly Dictionary<Guid, LeaseRecord> byUuid = records.ToDictionary(record => record.Uuid);

        public HashSet<Guid> Uuids { get; } = [.. records.Select(record => record.Uuid)];

        public HashSet<Guid> Unreadable { get; } = [.. records.Unreadable.Select(record => record.Uuid).OfType<Guid>()];

        /// <summary>Returns the role of a lease; null if it is unknown. Records of other injectors contain it only in the lease ID of Vault: MOUNT/creds/ROLE/ID.</summary>
        public string? RoleOf(string? uuid) =>
            uuid is null || !byUuid.TryGetValue(Guid.Parse(uuid), out var record) ? null
            : record.Role.Length > 0 ? record.Role
            : record.LeaseId?.Split('/') is [.., "creds", var role, _] ? role
            : null;

        public ILookup<ObjectReference, LeaseRecord> ByOwner { get; } = records.ToLookup(record => record.Owner);
    }
}
