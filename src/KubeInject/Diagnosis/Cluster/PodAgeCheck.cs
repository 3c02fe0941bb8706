using System.Globalization;
using System.Text.Json;
using KubeInject.Annotations;
using KubeInject.Annotations.Dialects;
using KubeInject.Http;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Diagnosis.Cluster;

/// <summary>Finds out why an existing pod has no credentials. An injector acts only when a pod is created.</summary>
internal sealed class PodAgeCheck(ClusterCache cache)
{
    /// <summary>Checks a pod.</summary>
    /// <param name="subject">The pod, or the workload of the pod.</param>
    /// <param name="injection">The request.</param>
    /// <param name="pod">The pod, which has no credentials.</param>
    /// <param name="webhook">The webhook that acts on the pod; null if there is none.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    public async Task<DiagnosisStep> CheckAsync(DiagnosisSubject subject, PodInjection injection, Pod pod, MutatingWebhook? webhook, CancellationToken cancellationToken)
    {
        var owners = await PodOwner.FindAsync(cache, pod, cancellationToken).ConfigureAwait(false);
        var (code, message) = Cause(subject, injection, pod, webhook);
        return new DiagnosisStep
        {
            Step = DiagnosisStepKind.Timing,
            State = DiagnosisStatus.Failed,
            Text = $"{Name(subject, pod)} was created without credentials, and injectors do not change existing pods.",
            Findings = [subject.Find(code, FindingSeverity.Error, message, PodOwner.Recreation(pod, owners), code == FindingCode.OlderThanLabel ? LabelOf(subject) : null)],
        };
    }

    private static (string Code, string Message) Cause(DiagnosisSubject subject, PodInjection injection, Pod pod, MutatingWebhook? webhook)
    {
        var name = Name(subject, pod);
        if (webhook?.CreationTimestamp > pod.CreationTimestamp)
            return (FindingCode.OlderThanWebhook, $"{name} was created at {Time(pod.CreationTimestamp)}, before {webhook} at {Time(webhook.CreationTimestamp)}, and injectors do not change existing pods.");
        if (subject.Template.Object.Kind != "Pod" && !PodInjections.ReadAll(pod.ToTemplate(), subject.Options).Any(made => made.Dialect == injection.Dialect && made.Databases.Count > 0))
            return (FindingCode.OlderThanTemplate, $"{name} was created from an earlier pod template, which requested no credentials.");
        if (injection.Dialect == InjectionDialect.VaultDbInjector && LabeledAt(pod, LabelOf(subject)) is { } labeled)
            return (FindingCode.OlderThanLabel, $"{name} was created at {Time(pod.CreationTimestamp)} and got the label '{LabelOf(subject)}' at {Time(labeled)}, and injectors do not change existing pods.");
        return (FindingCode.CreatedWithoutCredentials, $"{name} was created without credentials, although nothing prevents the injection now: the webhook failed at that time or did not select the pod.");
    }

    public static string Name(DiagnosisSubject subject, Pod pod) => subject.Template.Object.Kind == "Pod" ? "The pod" : $"The newest pod, {pod.Name},";

    private static string LabelOf(DiagnosisSubject subject) => subject.Options.LabelFor(subject.Template.Labels);

    /// <summary>When the label was added, according to managedFields; null if it was there from the start, or if that is not certain.</summary>
    private static DateTimeOffset? LabeledAt(Pod pod, string label)
    {
        using var document = JsonDocument.Parse(pod.ToJson());
        var entries = document.RootElement.Get("metadata").Get("managedFields").Items()
            .Where(entry => entry.Get("fieldsV1").Get("f:metadata").Get("f:labels").Get($"f:{label}").Exists())
            .ToList();

        // Ignore the entry of the pod's creator, which contains the spec: later changes by the same manager update its time.
        return entries.Count > 0 && entries.TrueForAll(entry => entry.Time("time") > pod.CreationTimestamp && !entry.Get("fieldsV1").Get("f:spec").Get("f:containers").Exists())
            ? entries.Max(entry => entry.Time("time"))
            : null;
    }

    public static string Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "an unknown time";
}
