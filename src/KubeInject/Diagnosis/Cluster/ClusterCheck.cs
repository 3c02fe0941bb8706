using KubeInject.Annotations;
using KubeInject.Annotations.Dialects;
using KubeInject.Injection;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.Diagnosis.Cluster;

/// <summary>Checks the steps that a cluster shows: webhook, controller, ServiceAccount, events, and lease records.</summary>
internal sealed class ClusterCheck(ClusterCache cache, CredentialSource? source, TimeProvider time) : IDiagnosisCheck
{
    private readonly InjectorWebhookCheck injectorWebhook = new(cache);
    private readonly WebhookCheck webhooks = new(cache, time);
    private readonly PodAgeCheck podAge = new(cache);
    private readonly IdentityCheck identity = new(cache);
    private readonly VariableSourceCheck variables = new(cache);
    private readonly ControllerCheck controller = new(cache);
    private readonly EventCheck events = new(cache);
    private readonly LeaseRecordCheck records = new(cache, source, time);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DiagnosisStep>> CheckAsync(DiagnosisSubject subject, CancellationToken cancellationToken)
    {
        var steps = new List<DiagnosisStep?>();
        var @namespace = subject.Template.Object.Namespace ?? cache.Client.Namespace;
        var pending = subject.Injections.Where(injection => injection is { State: InjectionState.Pending, Databases.Count: > 0 }).ToList();
        foreach (var injection in pending)
            steps.AddRange(await CheckAsync(subject, injection, @namespace, cancellationToken).ConfigureAwait(false));
        foreach (var injection in subject.Injections.Where(injection => injection.Databases.Count == 0 && injection.Findings.Any(finding => finding.IsRefusedByInjector)))
        {
            if (await injectorWebhook.CheckAsync(subject, injection.Dialect, @namespace, cancellationToken).ConfigureAwait(false) is ({ ActingInjectors.Count: > 0 } step, _))
                steps.Add(step);
        }

        var secret = subject.Pod is { Uid: not null } pod ? PodSecret.UuidOf(pod.ToTemplate()) : null;
        if (secret is { } uuid)
            steps.AddRange(await controller.CheckAsync(subject, subject.Pod!, PodSecret.NameOf(uuid), @namespace, cancellationToken).ConfigureAwait(false));

        if (pending.Count > 0)
        {
            steps.Add(await identity.CheckAsync(subject, @namespace, cancellationToken).ConfigureAwait(false));
            steps.Add(steps.Exists(step => step is { Step: DiagnosisStepKind.Outcome }) ? null : await events.CheckAsync(subject, @namespace, cancellationToken).ConfigureAwait(false));
        }

        // The controller records the leases together with the Secret.
        var isRecorded = secret is null || steps.Exists(step => step is { Step: DiagnosisStepKind.Outcome, State: DiagnosisStatus.Passed });
        if (isRecorded && subject.Injections.Any(injection => injection.State != InjectionState.None))
            steps.Add(await records.CheckAsync(subject, await HasInjectorAsync(subject.Options, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false));
        return [.. steps.OfType<DiagnosisStep>()];
    }

    private async Task<IEnumerable<DiagnosisStep?>> CheckAsync(DiagnosisSubject subject, PodInjection injection, string @namespace, CancellationToken cancellationToken)
    {
        var steps = new List<DiagnosisStep?> { await variables.CheckAsync(subject, injection, @namespace, cancellationToken).ConfigureAwait(false) };
        var (step, webhook) = await injectorWebhook.CheckAsync(subject, injection.Dialect, @namespace, cancellationToken).ConfigureAwait(false);
        steps.Add(step);
        if (webhook is not null)
            steps.Add(await webhooks.CheckAsync(subject, webhook, cancellationToken).ConfigureAwait(false));

        // Injectors change pods and not templates, so a pod can be injected although its template is not.
        if (subject.Pod is { } pod && PodSecret.UuidOf(pod.ToTemplate()) is null)
            steps.Add(IsInjected(pod, subject.Options, injection.Dialect)
                ? new DiagnosisStep { Step = DiagnosisStepKind.Outcome, State = DiagnosisStatus.Passed, Text = $"The newest pod, {pod.Name}, is injected." }
                : webhook is null ? null : await podAge.CheckAsync(subject, injection, pod, webhook, cancellationToken).ConfigureAwait(false));
        return steps;
    }

    private static bool IsInjected(Pod pod, InjectionOptions options, InjectionDialect dialect) =>
        PodInjections.ReadAll(pod.ToTemplate(), options).Any(injection => injection.Dialect == dialect && injection.State == InjectionState.Injected);

    /// <summary>Whether an injector is installed; true if that cannot be read.</summary>
    private async Task<bool> HasInjectorAsync(InjectionOptions options, CancellationToken cancellationToken)
    {
        var all = await cache.WebhooksAsync(cancellationToken).ConfigureAwait(false);
        return all.Value?.Any(webhook => InjectorSignature.Find(webhook, InjectionDialect.VaultDbInjector, options) is not null) ?? true;
    }
}
