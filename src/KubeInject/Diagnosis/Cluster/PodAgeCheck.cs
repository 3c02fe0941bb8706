using System.Globalization;
using System.Text.Json;
using KubeInject.Annotations;
using KubeInject.Http;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Diagnosis.Cluster;

/// <summary>Looks why a pod that is there has no credentials: an injector acts only while a pod is being created.</summary>
internal sealed class PodAgeCheck(ClusterCache facts, InjectionOptions options)
{
    /// <summary>Looks.</summary>
    /// <param name="subject">What to look at; its pod has no credentials.</param>
    /// <param name="injection">What it asks for.</param>
    /// <param name="pod">The pod.</param>
    /// <param name="webhook">Who would act on it; null where nobody would.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<DiagnosisStep> CheckAsync(DiagnosisSubject subject, PodInjection injection, Pod pod, MutatingWebhook? webhook, CancellationToken cancellationToken)
    {
        var owners = await PodOwner.FindAsync(facts, pod, cancellationToken).ConfigureAwait(false);
        var (code, message) = Why(subject, injection, pod, webhook);
        return new DiagnosisStep
        {
            Step = DiagnosisStepKind.Timing,
            State = DiagnosisStatus.Failed,
            Text = $"{Name(subject, pod)} was created without credentials, and no injector changes a pod later.",
            Findings = [subject.Find(code, FindingSeverity.Error, message, PodOwner.Recreation(pod, owners), code == FindingCode.OlderThanLabel ? options.LabelKey : null)],
        };
    }

    private (string Code, string Message) Why(DiagnosisSubject subject, PodInjection injection, Pod pod, MutatingWebhook? webhook)
    {
        var name = Name(subject, pod);
        if (webhook?.CreationTimestamp > pod.CreationTimestamp)
            return (FindingCode.OlderThanWebhook, $"{name} was created at {Time(pod.CreationTimestamp)}, before {webhook} at {Time(webhook.CreationTimestamp)}, and no injector changes a pod later.");
        if (subject.Template.Object.Kind != "Pod" && !PodInjectionReader.ReadAll(pod.Template, options).Any(made => made.Dialect == injection.Dialect && made.Databases.Count > 0))
            return (FindingCode.OlderThanTemplate, $"{name} was made from an earlier pod template, which asked for nothing.");
        if (injection.Dialect == InjectionDialect.VaultDbInjector && LabelledAt(pod) is { } labelled)
            return (FindingCode.OlderThanLabel, $"{name} was created at {Time(pod.CreationTimestamp)} and given the label '{options.LabelKey}' at {Time(labelled)}, and no injector changes a pod later.");
        return (FindingCode.PassedOver, $"{name} was created without credentials, although by now nothing keeps the injector from it: its webhook failed then, or did not select the pod.");
    }

    private static string Name(DiagnosisSubject subject, Pod pod) => subject.Template.Object.Kind == "Pod" ? "The pod" : $"The newest pod, {pod.Name},";

    /// <summary>When the label came, by what the server notes of who set which field; null where it was there from the start, and where that is not certain.</summary>
    private DateTimeOffset? LabelledAt(Pod pod)
    {
        using var document = JsonDocument.Parse(pod.ToJson());
        var setters = document.RootElement.Get("metadata").Get("managedFields").Items()
            .Where(entry => entry.Get("fieldsV1").Get("f:metadata").Get("f:labels").Get($"f:{options.LabelKey}").Exists())
            .ToList();

        // Whoever created the pod set its spec, too; that entry's time moves on with every later change of the same kind.
        return setters.Count > 0 && setters.TrueForAll(entry => entry.Time("time") > pod.CreationTimestamp && !entry.Get("fieldsV1").Get("f:spec").Get("f:containers").Exists())
            ? setters.Max(entry => entry.Time("time"))
            : null;
    }

    private static string Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "an unknown time";
}
