using KubeInject.Annotations;
using KubeInject.Credentials;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.Diagnosis.Cluster;

/// <summary>Holds the leases that a pod names against the records of leases.</summary>
/// <param name="facts">The cluster.</param>
/// <param name="source">Whose records; null for those that KubeInject keeps in the cluster.</param>
/// <param name="time">Tells the time.</param>
internal sealed class LeaseRecordCheck(ClusterCache facts, CredentialSource? source, TimeProvider time)
{
    private (Known? Records, string? Problem)? read;

    /// <summary>Looks.</summary>
    /// <param name="subject">What to look at.</param>
    /// <param name="hasInjector">Whether an injector is installed whose records are elsewhere.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>A link where something is known; null where no records are kept.</returns>
    public async Task<DiagnosisStep?> CheckAsync(DiagnosisSubject subject, bool hasInjector, CancellationToken cancellationToken)
    {
        var named = subject.Injections.Where(injection => injection.Dialect == InjectionDialect.VaultDbInjector)
            .SelectMany(injection => injection.Uuids).Select(Guid.Parse).ToHashSet();
        var (records, problem) = read ??= await ReadAsync(cancellationToken).ConfigureAwait(false);
        if (problem is not null)
            return named.Count == 0 ? null : Link(DiagnosisStatus.Unknown, $"whether its leases are on record could not be looked at. {problem}");
        if (records is null)
            return null;

        if (named.Where(records.Unreadable.Contains).Order().FirstOrDefault() is var unreadable && unreadable != Guid.Empty)
            return Link(DiagnosisStatus.Unknown, $"the record of its lease {unreadable} cannot be read, so that no sweep renews or revokes it. Sync-CredentialLease says where it is and why.");
        var findings = new List<Finding>();
        var missing = named.Where(uuid => !records.Uuids.Contains(uuid)).Order().ToList();
        if (missing.Count > 0 && source is null && hasInjector)
            return Link(DiagnosisStatus.Unknown, "its leases are not on record in the cluster; those of an installed injector are in Vault, and can be looked at with a source of credentials.");
        findings.AddRange(missing.Select(uuid => subject.Find(
            FindingCode.MissingRecord,
            FindingSeverity.Error,
            $"There is no record of the lease {uuid} that it names, so that nobody renews its credentials, and they may be revoked already.",
            subject.Template.Object.Kind == "Pod" ? "Create the pod anew, so that it is injected anew." : "Inject it anew with Invoke-CredentialRotation or Invoke-CredentialInjection.",
            InjectionAnnotation.Uuid)));
        findings.AddRange(records.ByOwner[subject.Template.Object]
            .Where(record => !named.Contains(record.Uuid) && time.GetUtcNow() - record.RecordedAt > new LeaseOptions().GracePeriod)
            .Select(record => subject.Find(
                FindingCode.RecordWithoutPod,
                FindingSeverity.Warning,
                $"The lease {record.Uuid} is recorded as issued for it, and it does not name it.",
                "Sync-CredentialLease or 'kubeinject sync' revokes what is used no more.")));
        return findings.Count == 0 && named.Count == 0 ? null : Link(
            missing.Count > 0 ? DiagnosisStatus.Failed : findings.Count > 0 ? DiagnosisStatus.Warning : DiagnosisStatus.Passed,
            missing.Count > 0 ? "it names leases that nobody has on record." : findings.Count > 0 ? "there are leases on record for it that it does not name." : "its leases are on record.",
            [.. findings]);
    }

    private async Task<(Known? Records, string? Problem)> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (new Known(await (source?.Leases ?? new KubeLeaseStore(facts.Client)).ListAsync(cancellationToken).ConfigureAwait(false)), null);
        }
        catch (DirectoryNotFoundException)
        {
            return (null, null);
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.Forbidden && source is null)
        {
            return (null, ClusterCache.MissingRight("list", KubeResource.Secrets, KubeLeaseStore.DefaultNamespace));
        }
        catch (Exception exception) when (exception is KubeApiException or KubeConnectionException or CredentialException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return (null, exception.Message);
        }
    }

    private static DiagnosisStep Link(DiagnosisStatus state, string text, params Finding[] findings) =>
        new() { Step = DiagnosisStepKind.Outcome, State = state, Text = text, Findings = findings };

    /// <summary>The records, as they are looked up: there may be as many as there are pods to look at.</summary>
    private sealed class Known(LeaseRecordList records)
    {
        public HashSet<Guid> Uuids { get; } = [.. records.Select(record => record.Uuid)];

        public HashSet<Guid> Unreadable { get; } = [.. records.Unreadable.Select(record => record.Uuid).OfType<Guid>()];

        public ILookup<ObjectReference, LeaseRecord> ByOwner { get; } = records.ToLookup(record => record.Owner);
    }
}
