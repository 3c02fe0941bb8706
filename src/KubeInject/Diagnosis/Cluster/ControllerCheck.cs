using KubeInject.Annotations;
using KubeInject.Http;
using KubeInject.Injection;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.Diagnosis.Cluster;

/// <summary>Checks whether a pod that the KubeInject webhook has admitted has its Secret, and if not, why the KubeInject controller has not created it.</summary>
internal sealed class ControllerCheck(ClusterCache cache)
{
    /// <summary>A pod without a Secret and without a reported reason can be too young until then.</summary>
    private static readonly TimeSpan YoungPod = TimeSpan.FromSeconds(15);

    /// <summary>Checks a pod.</summary>
    /// <param name="subject">The pod, or the workload of the pod.</param>
    /// <param name="pod">The pod.</param>
    /// <param name="name">The name of its Secret.</param>
    /// <param name="namespace">The namespace.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <returns>The steps. The outcome has passed only if the pod has its Secret or has finished.</returns>
    public async Task<IReadOnlyList<DiagnosisStep>> CheckAsync(DiagnosisSubject subject, Pod pod, string name, string @namespace, CancellationToken cancellationToken)
    {
        var admitted = Step(DiagnosisStepKind.Actor, DiagnosisStatus.Passed, $"{PodAgeCheck.Name(subject, pod)} was admitted by the KubeInject webhook, and gets its credentials from the KubeInject controller.");
        if (pod.Phase is "Succeeded" or "Failed")
            return [admitted, Step(DiagnosisStepKind.Outcome, DiagnosisStatus.Passed, "The pod has finished, so the KubeInject controller revokes its credentials.")];
        var reference = new ObjectReference(KubeResource.Secrets.Kind, @namespace, name);

        // The metadata is sufficient, and contains no password.
        var secret = await ClusterCache.QueryAsync(
            "get", KubeResource.Secrets, @namespace, () => cache.Client.GetMetadataAsync(KubeResource.Secrets, name, @namespace, cancellationToken)).ConfigureAwait(false);
        if (secret.Value is { } found && !PodSecret.BelongsTo(found, pod.Uid))
            return [admitted, Step(DiagnosisStepKind.Outcome, DiagnosisStatus.Failed, $"{reference} is not the Secret of the pod.", subject.Find(
                FindingCode.MissingPodSecret,
                FindingSeverity.Error,
                $"{reference} exists, but does not belong to the pod, so the KubeInject controller does not change it.",
                "Delete the Secret if it is not used, or create the pod again."))];
        var lease = await CheckLeaseAsync(subject, pod, secret.Value is not null, cancellationToken).ConfigureAwait(false);
        var (reports, wasIssued) = await CheckEventsAsync(subject, pod, secret.Value is not null, @namespace, cancellationToken).ConfigureAwait(false);
        var isExplained = lease.State == DiagnosisStatus.Failed || reports?.State == DiagnosisStatus.Failed;
        var outcome = secret switch
        {
            { Value: not null } => Step(DiagnosisStepKind.Outcome, DiagnosisStatus.Passed, $"{reference} of the pod exists."),
            { Problem: { } problem } => Step(DiagnosisStepKind.Outcome, DiagnosisStatus.Unknown, $"Whether {reference} of the pod exists could not be checked. {problem}"),
            _ when isExplained => Step(DiagnosisStepKind.Outcome, DiagnosisStatus.Failed, $"{reference} of the pod does not exist."),
            _ when !wasIssued && cache.Client.ServerTime - pod.CreationTimestamp < YoungPod =>
                Step(DiagnosisStepKind.Outcome, DiagnosisStatus.Unknown, $"{reference} of the pod does not exist yet. The pod was created less than {YoungPod.TotalSeconds} seconds ago."),
            _ => Step(DiagnosisStepKind.Outcome, DiagnosisStatus.Failed, $"{reference} of the pod does not exist.", subject.Find(
                FindingCode.MissingPodSecret,
                FindingSeverity.Error,
                wasIssued ? $"{reference} of the pod was deleted after the KubeInject controller had created it." : $"{reference} of the pod does not exist, and the KubeInject controller has reported no reason.",
                wasIssued ? PodOwner.Recreation(pod, await PodOwner.FindAsync(cache, pod, cancellationToken).ConfigureAwait(false)) : "Check the log of the KubeInject controller.")),
        };
        return [.. new[] { admitted, lease, reports, outcome }.OfType<DiagnosisStep>()];
    }

    /// <summary>Checks whether a controller leads. Only the leader issues, renews and revokes.</summary>
    private async Task<DiagnosisStep> CheckLeaseAsync(DiagnosisSubject subject, Pod pod, bool hasSecret, CancellationToken cancellationToken)
    {
        var webhooks = await cache.WebhooksAsync(cancellationToken).ConfigureAwait(false);
        var namespaces = (webhooks.Value ?? []).Where(webhook => InjectorSignature.IsKubeInject(webhook.Name) && webhook.ObjectSelector.Matches(pod.Labels))
            .Select(webhook => webhook.Service?.Namespace).OfType<string>().Append(KubeLeaseStore.DefaultNamespace).Distinct(StringComparer.Ordinal).ToList();
        string? problem = null;
        foreach (var @namespace in namespaces)
        {
            var answer = await cache.GetAsync(KubeResource.Leases, ControllerLease.Name, @namespace, cancellationToken).ConfigureAwait(false);
            problem ??= answer.Problem;
            if (answer.Value is not { } found)
                continue;
            var lease = ControllerLease.Read(found, cache.Client.ServerTime);
            return lease.IsValid
                ? Step(DiagnosisStepKind.Source, DiagnosisStatus.Passed, "The KubeInject controller runs.")
                : NotRunning(@namespace, $"its Lease in the namespace '{@namespace}' was last renewed at {PodAgeCheck.Time(lease.RenewedAt)}");
        }

        return problem is null
            ? NotRunning(namespaces[0], $"its Lease in the namespace '{namespaces[0]}' does not exist")
            : Step(DiagnosisStepKind.Source, DiagnosisStatus.Unknown, $"Whether the KubeInject controller runs could not be checked. {problem}");

        DiagnosisStep NotRunning(string @namespace, string reason) =>
            Step(DiagnosisStepKind.Source, hasSecret ? DiagnosisStatus.Warning : DiagnosisStatus.Failed, "The KubeInject controller does not run.", subject.Find(
                FindingCode.ControllerNotRunning,
                hasSecret ? FindingSeverity.Warning : FindingSeverity.Error,
                $"The KubeInject controller does not run, so it {(hasSecret ? "does not renew the credentials" : "issues no credentials")}: {reason}.",
                $"Check the pods of the controller and their logs: kubectl get pods --namespace {@namespace}."));
    }

    /// <summary>Quotes what the controller has reported about the pod, the newest Event first.</summary>
    /// <returns>The step, or null if there is no problem; and whether the last report is that the credentials were issued.</returns>
    private async Task<(DiagnosisStep? Step, bool WasIssued)> CheckEventsAsync(DiagnosisSubject subject, Pod pod, bool hasSecret, string @namespace, CancellationToken cancellationToken)
    {
        var events = await cache.ListAsync(EventCheck.Events, new KubeQuery { Namespace = @namespace, FieldSelector = $"involvedObject.uid={pod.Uid}" }, cancellationToken).ConfigureAwait(false);
        if (events.Problem is not null)
            return (Step(DiagnosisStepKind.Source, DiagnosisStatus.Unknown, $"The Events of the KubeInject controller could not be read. {events.Problem}"), false);
        var reports = events.Value!.Select(found => found.ToElement())
            .Where(found => found.Get("source").Text("component") == PodEventReason.Component)
            .Select(found => (Reason: found.Text("reason"), Time: EventCheck.TimeOf(found), Message: found.Text("message") ?? ""))
            .OrderByDescending(report => report.Time).ThenBy(report => report.Reason == PodEventReason.Issued)
            .ToList();
        var findings = reports
            .TakeWhile(report => hasSecret || report.Reason != PodEventReason.Issued)
            .Where(report => report.Reason == PodEventReason.Expiring || (!hasSecret && report.Reason is PodEventReason.Refused or PodEventReason.Delayed))
            .DistinctBy(report => report.Reason)
            .Select(report => Quote(subject, report.Reason!, report.Time, report.Message))
            .ToArray();
        var isRefused = Array.Exists(findings, finding => finding.Severity == FindingSeverity.Error);
        var step = findings.Length == 0 ? null : Step(
            DiagnosisStepKind.Source,
            isRefused ? DiagnosisStatus.Failed : DiagnosisStatus.Warning,
            isRefused ? "The KubeInject controller has not issued the credentials." : "The KubeInject controller has not extended the credentials.",
            findings);
        return (step, reports is [{ Reason: PodEventReason.Issued }, ..]);
    }

    private static Finding Quote(DiagnosisSubject subject, string reason, DateTimeOffset time, string message) => subject.Find(
        reason == PodEventReason.Expiring ? FindingCode.CredentialsExpiring : FindingCode.CredentialsNotIssued,
        reason == PodEventReason.Expiring ? FindingSeverity.Warning : FindingSeverity.Error,
        $"The KubeInject controller reported {reason} at {PodAgeCheck.Time(time)}: {WebhookEvent.Quote(message, WebhookEvent.LongQuote)}.",
        reason switch
        {
            PodEventReason.Refused => "Fix the cause that the message names; if the pod does not have to be created again, the controller tries again within 5 minutes.",
            PodEventReason.Delayed => "Fix the cause that the message names; the controller tries again automatically.",
            _ => "If the message does not say that another attempt follows, create the pod again before its credentials expire.",
        });

    private static DiagnosisStep Step(DiagnosisStepKind kind, DiagnosisStatus state, string text, params Finding[] findings) =>
        new() { Step = kind, State = state, Text = text, Findings = findings };
}
