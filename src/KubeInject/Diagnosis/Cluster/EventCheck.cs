using KubeInject.Annotations;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Diagnosis.Cluster;

/// <summary>Looks whether an event about a pod, or about what makes it, quotes a webhook.</summary>
internal sealed class EventCheck(ClusterCache facts)
{
    private static readonly KubeResource Events = new("", "v1", "events", "Event");

    /// <summary>Looks.</summary>
    /// <returns>The newest such event as a link; null where there is none.</returns>
    public async Task<DiagnosisStep?> CheckAsync(DiagnosisSubject subject, string @namespace, CancellationToken cancellationToken)
    {
        var newest = (Time: DateTimeOffset.MinValue, Event: (WebhookEvent?)null, About: (ObjectReference?)null);
        string? problem = null;
        foreach (var about in await AboutAsync(subject, @namespace, cancellationToken).ConfigureAwait(false))
        {
            var query = new KubeQuery { Namespace = @namespace, FieldSelector = $"involvedObject.name={about.Name},involvedObject.kind={about.Kind}" };
            var events = await facts.ListAsync(Events, query, cancellationToken).ConfigureAwait(false);
            problem ??= events.Problem;
            foreach (var found in (events.Value ?? []).Select(found => found.ToElement()))
            {
                var time = found.Time("lastTimestamp") ?? found.Time("eventTime") ?? found.Get("metadata").Time("creationTimestamp") ?? DateTimeOffset.MinValue;
                if (WebhookEvent.Read(found.Text("message") ?? "") is { } quoted && time >= newest.Time)
                    newest = (time, quoted, about);
            }
        }

        if (newest.Event is { } said)
            return new DiagnosisStep
            {
                Step = DiagnosisStepKind.Outcome,
                State = DiagnosisStatus.Failed,
                Text = $"the cluster tried, and says why it failed, in an event of {newest.About}.",
                Findings = [subject.Find(said.IsDenial ? FindingCode.WebhookDenied : FindingCode.WebhookFailed, FindingSeverity.Error, said.Message, said.Suggestion)],
            };
        return problem is null ? null : new DiagnosisStep { Step = DiagnosisStepKind.Outcome, State = DiagnosisStatus.Unknown, Text = $"what the cluster has to say of it could not be looked at. {problem}" };
    }

    /// <summary>Whom events about the pod name: the pod, and whatever tries to make it.</summary>
    private async Task<IReadOnlyList<ObjectReference>> AboutAsync(DiagnosisSubject subject, string @namespace, CancellationToken cancellationToken)
    {
        var about = new List<ObjectReference>();
        if (subject.Pod is { } pod)
        {
            about.Add(pod.Template.Object);
            about.AddRange(await PodOwner.FindAsync(facts, pod, cancellationToken).ConfigureAwait(false));
        }

        if (subject.Template.Object is not { Kind: not "Pod" } workload)
            return about;
        about.Add(workload);
        KubeResource? made = workload.Kind switch { "Deployment" => KubeResource.ReplicaSets, "CronJob" => KubeResource.Jobs, _ => null };
        if (made is not null)
        {
            var all = await facts.ListAsync(made, new KubeQuery { Namespace = @namespace }, cancellationToken).ConfigureAwait(false);
            about.AddRange((all.Value ?? [])
                .Where(one => Pod.ReadOwners(one.ToElement()).Any(owner => owner.Controller && owner.Kind == workload.Kind && owner.Name == workload.Name))
                .OrderByDescending(one => one.ToElement().Get("metadata").Time("creationTimestamp"))
                .Take(2)
                .Select(one => new ObjectReference(one.Kind, @namespace, one.Name)));
        }

        return [.. about.Distinct()];
    }
}
