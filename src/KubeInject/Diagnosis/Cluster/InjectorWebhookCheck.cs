using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Diagnosis.Cluster;

/// <summary>Checks whether the webhook of an installed injector acts on a pod: its rules and selectors must match.</summary>
internal sealed class InjectorWebhookCheck(ClusterCache cache)
{
    /// <summary>A timeout below this number of seconds can be too short to issue credentials.</summary>
    private const int ShortTimeoutSeconds = 5;

    /// <summary>Checks the webhooks.</summary>
    /// <returns>The step; and the webhook that acts on the pod, or null if there is none.</returns>
    public async Task<(DiagnosisStep Step, MutatingWebhook? Webhook)> CheckAsync(DiagnosisSubject subject, InjectionDialect dialect, string @namespace, CancellationToken cancellationToken)
    {
        var webhooks = await cache.WebhooksAsync(cancellationToken).ConfigureAwait(false);
        if (webhooks.Problem is not null)
            return (Step(DiagnosisStatus.Unknown, $"Whether {InjectorSignature.NamesOf(dialect)} is installed could not be checked. {webhooks.Problem}"), null);
        var installed = webhooks.Value!.Where(webhook => InjectorSignature.Find(webhook, dialect, subject.Options) is not null).ToList();
        if (installed.Count == 0)
            return (NotInstalled(subject, dialect), null);

        var (labels, unknown) = await cache.NamespaceLabelsAsync(@namespace, cancellationToken).ConfigureAwait(false);
        if (labels is null && unknown is null)
            return (NoNamespace(subject, @namespace), null);

        // The label of the pod shows which injector is meant. If an injector has several webhooks, for example for Secrets, use the
        // webhook that meets the most conditions.
        var checkedWebhooks = installed.ConvertAll(webhook => (Webhook: webhook, Obstacle: Obstacle(subject, webhook, @namespace, labels)));
        var (webhook, obstacle) = checkedWebhooks
            .OrderByDescending(pair => pair.Obstacle is null)
            .ThenByDescending(pair => pair.Webhook.ObjectSelector is { Requirements.Count: > 0 } selector && selector.Matches(subject.Template.Labels))
            .ThenByDescending(pair => pair.Obstacle?.MetConditions)
            .ThenByDescending(pair => pair.Webhook.ObjectSelector.Names(subject.Options.LabelKey))
            .First();
        var sentences = dialect == InjectionDialect.VaultDbInjector ? InjectorLabels.Describe(subject.Options, webhook) : "";
        if (obstacle is not null)
            return (Step(DiagnosisStatus.Failed, $"No webhook of {InjectorSignature.Find(webhook, dialect, subject.Options)!.Name} acts on the pod; the closest match is {webhook}.{sentences}", obstacle.Finding), null);
        return unknown is not null && webhook.NamespaceSelector.Requirements.Count > 0
            ? (Step(DiagnosisStatus.Unknown, $"Whether {webhook} selects the namespace {@namespace} could not be checked. {unknown}"), webhook)
            : (Acting(subject, dialect, [webhook, .. checkedWebhooks.Where(pair => pair.Obstacle is null && pair.Webhook != webhook).Select(pair => pair.Webhook)], sentences), webhook);
    }

    private static DiagnosisStep Acting(DiagnosisSubject subject, InjectionDialect dialect, IReadOnlyList<MutatingWebhook> acting, string sentences)
    {
        var webhook = acting[0];
        var injectors = acting.Select(one => InjectorSignature.Find(one, dialect, subject.Options)!).ToList();
        var injector = injectors[0];
        var findings = new List<Finding>();
        var label = dialect == InjectionDialect.VaultDbInjector ? InjectorLabels.LabelOf(webhook, subject.Options) : null;
        if (acting.Zip(injectors).FirstOrDefault(other => other.Second != injector || HasOtherLabel(other.First)) is { First: { } second })
            findings.Add(subject.Find(
                FindingCode.MultipleInjectors,
                FindingSeverity.Warning,
                $"The labels of the pod select several injectors, and each acts on the pod independently: {webhook} and {second}.",
                HasOtherLabel(second) ? "Keep the label of one injector." : "Change the objectSelector of one of the webhooks, so that each selects pods by a different label."));

        // The KubeInject webhook issues no credentials.
        if (webhook.TimeoutSeconds < ShortTimeoutSeconds && injector != InjectorSignature.KubeInject)
            findings.Add(subject.Find(
                FindingCode.ShortTimeout,
                FindingSeverity.Warning,
                $"The API server waits {Verdict.Count(webhook.TimeoutSeconds, "second")} for {webhook}, but issuing credentials can take longer.",
                $"Increase timeoutSeconds of the MutatingWebhookConfiguration {webhook.Configuration}, for example to the default of 10."));
        if (webhook.IgnoresFailure)
            findings.Add(subject.Find(
                FindingCode.FailureIgnored,
                FindingSeverity.Information,
                $"If {webhook} cannot be called, pods start without credentials (failurePolicy: Ignore).",
                "Set failurePolicy to Fail if pods must not start without credentials."));
        return Step(
            findings.Exists(finding => finding.Severity == FindingSeverity.Warning) ? DiagnosisStatus.Warning : DiagnosisStatus.Passed,
            $"When the pod is created, {injector.Name} injects it through {webhook}.{(webhook.HasConditions ? " The webhook has matchConditions, which only the API server can evaluate." : "")}{sentences}",
            [.. findings]) with
        { ActingInjectors = injectors };

        bool HasOtherLabel(MutatingWebhook other) => label is not null && InjectorLabels.LabelOf(other, subject.Options) is { } another && another != label;
    }

    // Without an injector, pods in the dialect of KubeInject are injected with Invoke-CredentialInjection and 'kubeinject inject'.
    private static DiagnosisStep NotInstalled(DiagnosisSubject subject, InjectionDialect dialect) => Step(
        dialect == InjectionDialect.VaultDbInjector ? DiagnosisStatus.Warning : DiagnosisStatus.Failed,
        $"No injector: no webhook of {InjectorSignature.NamesOf(dialect)} is installed in the cluster.",
        subject.Find(
            FindingCode.NoInjector,
            FindingSeverity.Warning,
            $"Nothing in the cluster acts on the annotations automatically, because no webhook belongs to {InjectorSignature.NamesOf(dialect)}.",
            dialect == InjectionDialect.VaultDbInjector
                ? "Inject the pod with Invoke-CredentialInjection or 'kubeinject inject', or install the injector."
                : "Install the injector, or rewrite the annotations for KubeInject and inject the pod with Invoke-CredentialInjection."));

    private static DiagnosisStep NoNamespace(DiagnosisSubject subject, string @namespace) => Step(
        DiagnosisStatus.Failed,
        $"The namespace {@namespace} does not exist.",
        subject.Find(
            FindingCode.MissingNamespace,
            FindingSeverity.Error,
            $"The namespace '{@namespace}' does not exist in the cluster, so the pod cannot be created.",
            $"Create it with 'kubectl create namespace {@namespace}', and add the labels that the injector requires."));

    private static WebhookObstacle? Obstacle(DiagnosisSubject subject, MutatingWebhook webhook, string @namespace, IReadOnlyDictionary<string, string>? namespaceLabels)
    {
        if (!webhook.IsForNewPods)
            return new WebhookObstacle(0, subject.Find(
                FindingCode.NoRuleForPods,
                FindingSeverity.Error,
                $"No rule of {webhook} matches the creation of pods.",
                "Add a rule with operations [CREATE], apiGroups [\"\"], apiVersions [v1] and resources [pods]."));
        if (namespaceLabels is not null && webhook.NamespaceSelector.FirstUnmet(namespaceLabels) is { } ofNamespace)
            return new WebhookObstacle(1, subject.Find(
                FindingCode.NamespaceNotSelected,
                FindingSeverity.Error,
                $"The namespaceSelector of {webhook} requires '{ofNamespace}', which the labels of the namespace '{@namespace}' do not match.",
                ofNamespace is { Key: MutatingWebhook.NamespaceNameLabel, Operator: "NotIn" }
                    ? $"Use another namespace, or, if this one is not excluded on purpose, remove it from the namespaceSelector of the MutatingWebhookConfiguration {webhook.Configuration}; Invoke-CredentialInjection works in every namespace."
                    : LabelRemedy(ofNamespace, $"kubectl label --overwrite namespace {@namespace}", "the namespace"),
                ofNamespace.Key));
        if (webhook.ObjectSelector.FirstUnmet(subject.Template.Labels) is { } ofPod)
            return new WebhookObstacle(2, subject.Find(
                FindingCode.PodNotSelected,
                FindingSeverity.Error,
                $"The objectSelector of {webhook} requires '{ofPod}', which the labels of the pod do not match.",
                LabelRemedy(ofPod, null, subject.Template.Object.Kind == "Pod" ? "the pod" : "the pod template"),
                ofPod.Key));
        return null;
    }

    private static string LabelRemedy(LabelRequirement requirement, string? command, string what) => (requirement.Operator, command) switch
    {
        ("In" or "Exists", not null) => $"Run '{command} {requirement.Key}={requirement.Values.FirstOrDefault("true")}' if the pods of the namespace are meant to be injected.",
        ("In" or "Exists", null) => $"Add the label {requirement.Key}: \"{requirement.Values.FirstOrDefault("true")}\" to {what}, and recreate the pod.",
        (_, not null) => $"Run '{command} {requirement.Key}-' if the pods of the namespace are meant to be injected, or, if the namespace is excluded on purpose, use Invoke-CredentialInjection.",
        _ => $"Remove the label {requirement.Key} from {what}, and recreate the pod.",
    };

    private static DiagnosisStep Step(DiagnosisStatus state, string text, params Finding[] findings) =>
        new() { Step = DiagnosisStepKind.Actor, State = state, Text = text, Findings = findings };

    /// <summary>Why a webhook does not act on a pod.</summary>
    /// <param name="MetConditions">The number of conditions that the webhook and the pod meet.</param>
    /// <param name="Finding">The problem.</param>
    private sealed record WebhookObstacle(int MetConditions, Finding Finding);
}
