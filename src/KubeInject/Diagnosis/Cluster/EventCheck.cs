using System.Text.Json;
using System.Text.RegularExpressions;
using KubeInject.Annotations;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Diagnosis.Cluster;

/// <summary>Checks whether an event of a pod or of its owners reports a webhook failure, or that no pod can be created.</summary>
internal sealed partial class EventCheck(ClusterCache cache)
{
    public static readonly KubeResource Events = new("", "v1", "events", "Event");

    /// <summary>Returns when an event was last reported.</summary>
    public static DateTimeOffset TimeOf(JsonElement found) =>
        found.Time("lastTimestamp") ?? found.Time("eventTime") ?? found.Get("metadata").Time("creationTimestamp") ?? DateTimeOffset.MinValue;

    /// <summary>Checks the events.</summary>
    /// <returns>The newest such event as a step; null if there is none.</returns>
    public async Task<DiagnosisStep?> CheckAsync(DiagnosisSubject subject, string @namespace, CancellationToken cancellationToken)
    {
        var newest = (Time: DateTimeOffset.MinValue, Finding: (Finding?)null, About: (ObjectReference?)null);
        string? problem = null;
        foreach (var about in await AboutAsync(subject, @namespace, cancellationToken).ConfigureAwait(false))
        {
            var query = new KubeQuery { Namespace = @namespace, FieldSelector = $"involvedObject.name={about.Name},involvedObject.kind={about.Kind}" };
            var events = await cache.ListAsync(Events, query, cancellationToken).ConfigureAwait(false);
            problem ??= events.Problem;
            foreach (var found in (events.Value ?? []).Select(found => found.ToElement()))
            {
                var time = TimeOf(found);
                if (Read(subject, found) is { } read && time >= newest.Time)
                    newest = (time, read, about);
            }
        }

        if (newest.Finding is { } finding)
            return new DiagnosisStep
            {
                Step = DiagnosisStepKind.Outcome,
                State = DiagnosisStatus.Failed,
                Text = $"The {(finding.Code == FindingCode.PodNotCreated ? "creation of a pod" : "injection")} failed, as an event of {newest.About} reports.",
                Findings = [finding],
            };
        return problem is null ? null : new DiagnosisStep { Step = DiagnosisStepKind.Outcome, State = DiagnosisStatus.Unknown, Text = $"Events could not be checked. {problem}" };
    }

    private static Finding? Read(DiagnosisSubject subject, JsonElement found)
    {
        var message = found.Text("message") ?? "";
        if (WebhookEvent.Read(message) is { } read)
            return subject.Find(read.IsDenial ? FindingCode.WebhookDenied : FindingCode.WebhookFailed, FindingSeverity.Error, read.Message, read.Suggestion);

        // An existing pod shows that such an event is outdated, or that only further pods cannot be created.
        return subject.Pod is null && Refusal().Match(message) is { Success: true } refusal
            ? subject.Find(
                FindingCode.PodNotCreated,
                FindingSeverity.Error,
                $"No pod can be created: {WebhookEvent.Quote(message[(refusal.Index + refusal.Length)..], WebhookEvent.LongQuote)}.",
                message.Contains("exceeded quota", StringComparison.Ordinal) ? "Increase the quota, or reduce what the pods of the namespace request." : "Fix the cause that the message names.")
            : null;
    }

    // The controllers of ReplicaSets, Jobs and DaemonSets, and that of StatefulSets.
    [GeneratedRegex("^Error creating: |^create Pod .* failed error: ")]
    private static partial Regex Refusal();

    /// <summary>The objects whose events concern the pod: the pod, its owners, and the objects that create it.</summary>
    private async Task<IReadOnlyList<ObjectReference>> AboutAsync(DiagnosisSubject subject, string @namespace, CancellationToken cancellationToken)
    {
        var about = new List<ObjectReference>();
        if (subject.Pod is { } pod)
        {
            about.Add(pod.ToTemplate().Object);
            about.AddRange(await PodOwner.FindAsync(cache, pod, cancellationToken).ConfigureAwait(false));
        }

        if (subject.Template.Object is not { Kind: not "Pod" } workload)
            return about;
        about.Add(workload);
        KubeResource? made = workload.Kind switch { "Deployment" => KubeResource.ReplicaSets, "CronJob" => KubeResource.Jobs, _ => null };
        if (made is not null)
        {
            var all = await cache.ListAsync(made, new KubeQuery { Namespace = @namespace }, cancellationToken).ConfigureAwait(false);
            about.AddRange((all.Value ?? [])
                .Where(one => Pod.ReadOwners(one.ToElement()).Any(owner => owner.Controller && owner.Kind == workload.Kind && owner.Name == workload.Name))
                .OrderByDescending(one => one.ToElement().Get("metadata").Time("creationTimestamp"))
                .Take(2)
                .Select(one => new ObjectReference(one.Kind, @namespace, one.Name)));
        }

        return [.. about.Distinct()];
    }
}
