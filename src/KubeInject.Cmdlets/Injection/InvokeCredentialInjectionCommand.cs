using System.Management.Automation;
using KubeInject.Annotations;
using KubeInject.Cmdlets.Completion;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Injection;
using KubeInject.Kubernetes.Connection;
using KubeInject.Leases;
using KubeInject.Manifests;

namespace KubeInject.Cmdlets.Injection;

/// <summary>Injects database credentials into manifests or into workloads of the connected cluster, based on their annotations.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "CredentialInjection", SupportsShouldProcess = true, DefaultParameterSetName = FromInput)]
[OutputType(typeof(InjectionResult), typeof(string))]
public sealed partial class InvokeCredentialInjectionCommand : ManifestWritingCmdlet
{
    private KubeConnection? cluster;
    private ManifestInjector? manifestInjector;

    // Not CredentialDelivery: PowerShell determines the layout of a cmdlet before the engine, which defines the value type, can be loaded.
    private object? delivery;
    private bool isNoticeGiven;

    [Parameter(HelpMessage = "Specifies the source of the credentials, as created by New-CredentialSource. The default is the source that New-CredentialSource -Default created in this session.")]
    [ArgumentCompleter(typeof(VariableCompleter))]
    [ValidateNotNull]
    public CredentialSource? CredentialSource { get; set; }

    [Parameter(HelpMessage = "Specifies how containers get the credentials: Value sets the values of their variables, and Secret first creates a Secret in the cluster, and the variables refer to it. The Secret is deleted together with its lease. The default is Value.")]
    public CredentialDelivery Delivery
    {
        get => delivery is CredentialDelivery given ? given : default;
        set => delivery = value;
    }

    [Parameter(ParameterSetName = FromInput, HelpMessage = "Writes the Secrets as manifests before the manifests that refer to them, and creates no Secrets in the cluster. Requires -Delivery Secret.")]
    [Parameter(ParameterSetName = FromPath, HelpMessage = "Writes the Secrets as manifests before the manifests that refer to them, and creates no Secrets in the cluster. Requires -Delivery Secret.")]
    [Parameter(ParameterSetName = FromLiteralPath, HelpMessage = "Writes the Secrets as manifests before the manifests that refer to them, and creates no Secrets in the cluster. Requires -Delivery Secret.")]
    public SwitchParameter SecretAsManifest { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        CredentialSource = RequireSource(CredentialSource);
        base.BeginProcessing();

        // The connection of the session is only known on the pipeline thread.
        if (Delivery == CredentialDelivery.Secret)
            cluster = SecretAsManifest ? FindConnection() : RequireConnection();
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        base.ProcessRecord();
        foreach (var text in Workload ?? [])
            ProcessWorkload(text);
    }

    private protected override string ActivityName => "Injecting manifests";

    private protected override string? Sum(int count) => $"In total, {count} manifests and workloads would be changed.";

    private protected override void ProcessManifest(ManifestSource manifest) => ProcessManifests([manifest]);

    private protected override void ProcessManifests(IReadOnlyList<ManifestSource> manifests) => RunWriting(manifests.Count == 1 ? manifests[0].File : null, async (pipeline, cancellationToken) =>
    {
        var injector = manifestInjector ??= Injector();
        await foreach (var plan in injector.PlanAllAsync(manifests, cancellationToken).ConfigureAwait(false))
        {
            Progress.Report(Step(plan.Source.File));
            var result = plan.Result;
            var isWanted = false;
            await pipeline.InvokeAsync(() => isWanted = ShouldInject(result)).ConfigureAwait(false);
            if (isWanted)
                result = await injector.InjectAsync(plan, Output(plan.Source), cancellationToken).ConfigureAwait(false);
            await pipeline.InvokeAsync(() => Report(result)).ConfigureAwait(false);
            CountDone();
            StopIfRequested();
        }
    });

    private ManifestInjector Injector() =>
        new(cluster is null ? CredentialSource! : CredentialSource!.WithCluster(cluster.Objects), Options, new DeliveryOptions { Delivery = Delivery, SecretAsManifest = SecretAsManifest });

    private bool ShouldInject(ManifestResult plan)
    {
        if (plan.Error is not null)
            return false;
        var planned = plan.Pods.Where(pod => pod.Status == InjectionStatus.Planned).ToList();
        if (planned.Count == 0)
            return (OutputDirectory is null && !AsManifest) || ShouldDo(plan.File ?? "manifest", "Write without credentials");

        var target = string.Join(", ", planned.Select(pod => pod.Object));
        var action = string.Join("; ", planned.SelectMany(pod => pod.Databases.Select(database =>
            $"Inject credentials for {ShouldProcessMessages.Of(database)} into {string.Join(", ", pod.Containers)}")));
        return ShouldDo(plan.File is null ? target : $"{plan.File}: {target}", action);
    }

    private void Report(ManifestResult result)
    {
        var isDeclined = TakeDeclined();
        if (result.Error is not null)
            WriteError(Errors.ManifestFailed(result.Error, result.File));
        foreach (var error in result.DocumentErrors)
            WriteError(Errors.ManifestFailed(error, result.File));
        foreach (var pod in result.Pods)
            Report(pod, isDeclined);
    }

    private void Report(InjectionResult pod, bool isDeclined)
    {
        foreach (var finding in pod.Findings.Where(finding => finding.Severity == FindingSeverity.Warning))
            WriteWarning($"{finding}");
        if (pod.Status == InjectionStatus.Failed)
            WriteError(Errors.InjectionFailed(pod.FailureText, pod));
        if (pod.Status == InjectionStatus.Injected && CredentialSource!.Notice is { } notice && !isNoticeGiven)
        {
            isNoticeGiven = true;
            WriteWarning(notice);
        }

        if (!AsManifest && !(isDeclined && pod.Status == InjectionStatus.Planned))
            WriteObject(pod);
    }
}
