using KubeInject.Annotations;
using KubeInject.Http;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Diagnosis.Cluster;

/// <summary>Looks for the webhook that acts on a pod in a dialect: that of an installed injector whose rules and selectors match.</summary>
internal sealed class InjectorWebhookCheck(ClusterCache facts, InjectionOptions options)
{
    /// <summary>Under this many seconds an injector that asks others for credentials may be cut off.</summary>
    private const int FewSeconds = 5;

    /// <summary>Looks.</summary>
    /// <returns>The link; and the webhook, where there is one that acts.</returns>
    public async Task<(DiagnosisStep Link, MutatingWebhook? Webhook)> CheckAsync(DiagnosisSubject subject, InjectionDialect dialect, string @namespace, CancellationToken cancellationToken)
    {
        var injector = InjectorSignature.Of(dialect);
        var webhooks = await facts.WebhooksAsync(cancellationToken).ConfigureAwait(false);
        if (webhooks.Problem is not null)
            return (Link(DiagnosisStatus.Unknown, $"whether {injector.Name} is installed could not be looked at. {webhooks.Problem}"), null);
        var installed = webhooks.Value!.Where(webhook => injector.Fits(webhook, options)).ToList();
        if (installed.Count == 0)
            return (None(subject, injector), null);

        var (found, unknown) = await facts.GetAsync(KubeResource.Namespaces, @namespace, null, cancellationToken).ConfigureAwait(false);
        if (found is null && unknown is null)
            return (NoNamespace(subject, @namespace), null);

        // Every namespace has it since 1.21. (https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name)
        var labels = found is null ? null : new Dictionary<string, string>(found.ToElement().Get("metadata").Get("labels").Texts()) { ["kubernetes.io/metadata.name"] = @namespace };

        // Of several webhooks the one that is nearest to acting: an injector may have others, for Secrets for example.
        var (webhook, obstacle) = installed
            .Select(webhook => (Webhook: webhook, Obstacle: Obstacle(subject, webhook, @namespace, labels)))
            .OrderByDescending(pair => pair.Obstacle is null ? int.MaxValue : pair.Obstacle.Distance)
            .First();
        if (obstacle is not null)
            return (Link(DiagnosisStatus.Failed, $"{injector.Name} is installed, and {webhook} passes the pod over.", obstacle.Finding), null);
        return unknown is not null && webhook.NamespaceSelector.Requirements.Count > 0
            ? (Link(DiagnosisStatus.Unknown, $"{webhook}, if it selects the namespace {@namespace}: {unknown}"), webhook)
            : (Acting(subject, injector, webhook), webhook);
    }

    private static DiagnosisStep Acting(DiagnosisSubject subject, InjectorSignature injector, MutatingWebhook webhook)
    {
        var findings = new List<Finding>();
        if (webhook.TimeoutSeconds < FewSeconds)
            findings.Add(subject.Find(
                FindingCode.ShortTimeout,
                FindingSeverity.Warning,
                $"The API server waits {Verdict.Count(webhook.TimeoutSeconds, "second")} for {webhook}, and issuing credentials may take longer.",
                $"Raise timeoutSeconds of the MutatingWebhookConfiguration {webhook.Configuration}; 10 is the default."));
        if (webhook.IgnoresFailure)
            findings.Add(subject.Find(
                FindingCode.FailureIgnored,
                FindingSeverity.Information,
                $"Where {webhook} cannot be called, pods start without credentials (failurePolicy: Ignore).",
                "Set failurePolicy to Fail if such pods are of no use, or look at new ones again."));
        return Link(
            findings.Exists(finding => finding.Severity == FindingSeverity.Warning) ? DiagnosisStatus.Warning : DiagnosisStatus.Passed,
            $"{injector.Name}, by {webhook}, while the pod is being created.{(webhook.HasConditions ? " It has matchConditions, which only the API server can evaluate." : "")}",
            [.. findings]);
    }

    private static DiagnosisStep None(DiagnosisSubject subject, InjectorSignature injector) => Link(
        DiagnosisStatus.Failed,
        $"nobody by itself: {injector.Name} is not installed in the cluster.",
        subject.Find(
            FindingCode.NoInjector,
            FindingSeverity.Warning,
            $"Nothing in the cluster acts on the annotations by itself, for no webhook of it is that of {injector.Name}.",
            injector.Dialect == InjectionDialect.VaultDbInjector
                ? "Inject it with Invoke-CredentialInjection or 'kubeinject inject', or install the injector."
                : "Install the injector, or put what the pod asks for into KubeInject's annotations and inject it with Invoke-CredentialInjection."));

    private static DiagnosisStep NoNamespace(DiagnosisSubject subject, string @namespace) => Link(
        DiagnosisStatus.Failed,
        $"nobody: the namespace {@namespace} does not exist.",
        subject.Find(
            FindingCode.MissingNamespace,
            FindingSeverity.Error,
            $"The namespace '{@namespace}' does not exist in the cluster, so that nothing can be created there.",
            $"Create it with 'kubectl create namespace {@namespace}', with the labels that the injector asks for."));

    private static PassedOver? Obstacle(DiagnosisSubject subject, MutatingWebhook webhook, string @namespace, IReadOnlyDictionary<string, string>? namespaceLabels)
    {
        if (!webhook.IsForNewPods)
            return new PassedOver(0, subject.Find(
                FindingCode.NoRuleForPods,
                FindingSeverity.Error,
                $"None of the rules of {webhook} is about the creation of pods.",
                "Give it a rule with operations [CREATE], apiGroups [\"\"], apiVersions [v1] and resources [pods]."));
        if (namespaceLabels is not null && webhook.NamespaceSelector.FirstUnmet(namespaceLabels) is { } ofNamespace)
            return new PassedOver(1, subject.Find(
                FindingCode.NamespaceNotSelected,
                FindingSeverity.Error,
                $"The namespaceSelector of {webhook} asks for '{ofNamespace}', which the labels of the namespace '{@namespace}' do not meet.",
                Mend(ofNamespace, $"kubectl label --overwrite namespace {@namespace}", "the namespace"),
                ofNamespace.Key));
        if (webhook.ObjectSelector.FirstUnmet(subject.Template.Labels) is { } ofPod)
            return new PassedOver(2, subject.Find(
                FindingCode.PodNotSelected,
                FindingSeverity.Error,
                $"The objectSelector of {webhook} asks for '{ofPod}', which the labels of the pod do not meet.",
                Mend(ofPod, null, subject.Template.Object.Kind == "Pod" ? "the pod" : "the pod template"),
                ofPod.Key));
        return null;
    }

    private static string Mend(LabelRequirement requirement, string? command, string what) => (requirement.Operator, command) switch
    {
        ("In" or "Exists", not null) => $"Run '{command} {requirement.Key}={requirement.Values.FirstOrDefault("true")}', if its pods are meant to be injected.",
        ("In" or "Exists", null) => $"Give {what} the label {requirement.Key}: \"{requirement.Values.FirstOrDefault("true")}\", and have the pod created anew.",
        (_, not null) => $"Run '{command} {requirement.Key}-', if its pods are meant to be injected; where it is excluded for good, inject with Invoke-CredentialInjection.",
        _ => $"Take the label {requirement.Key} from {what}, and have the pod created anew.",
    };

    private static DiagnosisStep Link(DiagnosisStatus state, string text, params Finding[] findings) =>
        new() { Step = DiagnosisStepKind.Actor, State = state, Text = text, Findings = findings };

    /// <summary>Why a webhook passes a pod over.</summary>
    /// <param name="Distance">How far the pod gets before that.</param>
    /// <param name="Finding">What is the matter.</param>
    private sealed record PassedOver(int Distance, Finding Finding);
}
