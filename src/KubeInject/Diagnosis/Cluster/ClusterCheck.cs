using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.Diagnosis.Cluster;

/// <summary>Looks at whatever a cluster shows of a pod's way to its credentials.</summary>
internal sealed class ClusterCheck(ClusterCache facts, InjectionOptions options, CredentialSource? source, TimeProvider time) : IDiagnosisCheck
{
    private readonly InjectorWebhookCheck actor = new(facts, options);
    private readonly WebhookCheck webhooks = new(facts, time);
    private readonly PodAgeCheck timing = new(facts, options);
    private readonly IdentityCheck identity = new(facts);
    private readonly VariableSourceCheck variables = new(facts);
    private readonly EventCheck events = new(facts);
    private readonly LeaseRecordCheck records = new(facts, source, time);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DiagnosisStep>> CheckAsync(DiagnosisSubject subject, CancellationToken cancellationToken)
    {
        var links = new List<DiagnosisStep?>();
        var @namespace = subject.Template.Object.Namespace ?? facts.Client.Namespace;
        var pending = subject.Injections.Where(injection => injection is { State: InjectionState.Pending, Databases.Count: > 0 }).ToList();
        foreach (var injection in pending)
            links.AddRange(await CheckAsync(subject, injection, @namespace, cancellationToken).ConfigureAwait(false));
        if (pending.Count > 0)
        {
            links.Add(await identity.CheckAsync(subject, @namespace, cancellationToken).ConfigureAwait(false));
            links.Add(links.Exists(link => link is { Step: DiagnosisStepKind.Outcome }) ? null : await events.CheckAsync(subject, @namespace, cancellationToken).ConfigureAwait(false));
        }

        if (subject.Injections.Any(injection => injection.State != InjectionState.None))
            links.Add(await records.CheckAsync(subject, await HasInjectorAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false));
        return [.. links.OfType<DiagnosisStep>()];
    }

    private async Task<IEnumerable<DiagnosisStep?>> CheckAsync(DiagnosisSubject subject, PodInjection injection, string @namespace, CancellationToken cancellationToken)
    {
        var links = new List<DiagnosisStep?> { await variables.CheckAsync(subject, injection, @namespace, cancellationToken).ConfigureAwait(false) };
        var (link, webhook) = await actor.CheckAsync(subject, injection.Dialect, @namespace, cancellationToken).ConfigureAwait(false);
        links.Add(link);
        if (webhook is not null)
            links.Add(await webhooks.CheckAsync(subject, webhook, cancellationToken).ConfigureAwait(false));

        // A workload's pod may be injected though its template is not: that is how injectors work.
        if (subject.Pod is { } pod)
            links.Add(IsInjected(pod, injection.Dialect)
                ? new DiagnosisStep { Step = DiagnosisStepKind.Outcome, State = DiagnosisStatus.Passed, Text = $"its newest pod, {pod.Name}, is injected." }
                : webhook is null ? null : await timing.CheckAsync(subject, injection, pod, webhook, cancellationToken).ConfigureAwait(false));
        return links;
    }

    private bool IsInjected(Pod pod, InjectionDialect dialect) =>
        PodInjectionReader.ReadAll(pod.Template, options).Any(injection => injection.Dialect == dialect && injection.State == InjectionState.Injected);

    /// <summary>Whether an injector is installed, or may be.</summary>
    private async Task<bool> HasInjectorAsync(CancellationToken cancellationToken)
    {
        var all = await facts.WebhooksAsync(cancellationToken).ConfigureAwait(false);
        return all.Value?.Any(webhook => InjectorSignature.Of(InjectionDialect.VaultDbInjector).Fits(webhook, options)) ?? true;
    }
}
