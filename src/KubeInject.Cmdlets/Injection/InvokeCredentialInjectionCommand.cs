using System.Management.Automation;
using System.Runtime.ExceptionServices;
using KubeInject.Annotations;
using KubeInject.Injection;
using KubeInject.Kubernetes;
using KubeInject.Leases;
using KubeInject.Manifests;

namespace KubeInject.Cmdlets;

/// <summary>Puts credentials into the pods of manifests, or of workloads of the connected cluster, as their annotations ask.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "CredentialInjection", SupportsShouldProcess = true, DefaultParameterSetName = FromInput)]
[OutputType(typeof(InjectionResult), typeof(string))]
public sealed partial class InvokeCredentialInjectionCommand : ManifestCmdlet
{
    private KubeConnection? cluster;
    private ManifestInjector? manifests;

    // No field of a cmdlet is of a value type of the engine: PowerShell asks for their layout before the engine can be found.
    private object? delivery;
    private ManifestOutput? output;
    private PipelineThread? thread;
    private bool isNoticeGiven;
    private ExceptionDispatchInfo? enough;

    /// <summary>Where credentials come from.</summary>
    [Parameter(HelpMessage = "Where the credentials come from, as New-CredentialSource makes it. There is no default.")]
    [ValidateNotNull]
    public CredentialSource? CredentialSource { get; set; }

    /// <summary>Whether to write the manifests.</summary>
    [Parameter(ParameterSetName = FromInput, HelpMessage = "Write the manifests with the credentials in them, one string a manifest, ready for kubectl apply -f -.")]
    [Parameter(ParameterSetName = FromPath, HelpMessage = "Write the manifests with the credentials in them, one string a manifest, ready for kubectl apply -f -.")]
    [Parameter(ParameterSetName = FromLiteralPath, HelpMessage = "Write the manifests with the credentials in them, one string a manifest, ready for kubectl apply -f -.")]
    public SwitchParameter AsManifest { get; set; }

    /// <summary>The folder to write to.</summary>
    [Parameter(ParameterSetName = FromInput, HelpMessage = "Write each manifest under its own name into this folder.")]
    [Parameter(ParameterSetName = FromPath, HelpMessage = "Write each manifest under its own name into this folder.")]
    [Parameter(ParameterSetName = FromLiteralPath, HelpMessage = "Write each manifest under its own name into this folder.")]
    [ValidateNotNullOrEmpty]
    public string? OutputDirectory { get; set; }

    /// <summary>Whether to write the files again.</summary>
    [Parameter(ParameterSetName = FromInput, HelpMessage = "Write each manifest back into its file.")]
    [Parameter(ParameterSetName = FromPath, HelpMessage = "Write each manifest back into its file.")]
    [Parameter(ParameterSetName = FromLiteralPath, HelpMessage = "Write each manifest back into its file.")]
    public SwitchParameter InPlace { get; set; }

    /// <summary>How the containers get them.</summary>
    [Parameter(HelpMessage = "How the containers get the credentials: as values of their variables, or from a Secret that is created in the cluster first. Default: Value.")]
    public CredentialDelivery Delivery
    {
        get => delivery is CredentialDelivery given ? given : default;
        set => delivery = value;
    }

    /// <summary>Whether Secrets are written as manifests.</summary>
    [Parameter(ParameterSetName = FromInput, HelpMessage = "With -Delivery Secret: write the Secrets in front of the manifests that refer to them, and create none in the cluster.")]
    [Parameter(ParameterSetName = FromPath, HelpMessage = "With -Delivery Secret: write the Secrets in front of the manifests that refer to them, and create none in the cluster.")]
    [Parameter(ParameterSetName = FromLiteralPath, HelpMessage = "With -Delivery Secret: write the Secrets in front of the manifests that refer to them, and create none in the cluster.")]
    public SwitchParameter SecretAsManifest { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (CredentialSource is null)
            ThrowTerminatingError(Errors.CredentialSourceMissing());
        if (new[] { AsManifest.IsPresent, OutputDirectory is not null, InPlace.IsPresent }.Count(isAsked => isAsked) > 1)
            ThrowTerminatingError(Errors.SeveralOutputs());

        // Asked here, on PowerShell's own thread, which alone knows the session's connection.
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

    private protected override void ProcessManifest(ManifestSource manifest) => Run(manifest.File, async (pipeline, cancellationToken) =>
    {
        thread = pipeline;
        var injector = manifests ??= Injector();
        var result = await injector.PlanAsync(manifest, cancellationToken).ConfigureAwait(false);
        var isWanted = false;
        await pipeline.InvokeAsync(() => isWanted = ShouldInject(result)).ConfigureAwait(false);
        if (isWanted)
        {
            output ??= Output();
            result = await injector.InjectAsync(manifest, output, cancellationToken).ConfigureAwait(false);
        }

        await pipeline.InvokeAsync(() => Report(result)).ConfigureAwait(false);
        enough?.Throw();
    });

    private ManifestInjector Injector() =>
        new(cluster is null ? CredentialSource! : CredentialSource!.In(cluster.Client), delivery: new DeliveryOptions { Delivery = Delivery, SecretAsManifest = SecretAsManifest });

    private bool ShouldInject(ManifestResult plan)
    {
        if (plan.Error is not null)
            return false;
        var planned = plan.Pods.Where(pod => pod.Status == InjectionStatus.Planned).ToList();
        if (planned.Count == 0)
            return (OutputDirectory is null && !AsManifest) || ShouldProcess(plan.File ?? "manifest", "Write without injecting");

        var target = string.Join(", ", planned.Select(pod => pod.Object));
        var action = string.Join("; ", planned.SelectMany(pod => pod.Databases.Select(database =>
            $"Inject credentials for {Wording.Of(database)} into {string.Join(", ", pod.Containers)}")));
        return ShouldProcess(plan.File is null ? target : $"{plan.File}: {target}", action);
    }

    private ManifestOutput Output() =>
        InPlace ? ManifestOutput.InPlace()
        : OutputDirectory is not null ? ManifestOutput.ToFolder(GetUnresolvedProviderPathFromPSPath(OutputDirectory))
        : AsManifest ? ManifestOutput.ToStream((text, _) => thread!.InvokeAsync(() => HandOver(text)), TakesSeveral)
        : ManifestOutput.ToStream((_, _) => Task.CompletedTask, takesSeveral: true);

    private void HandOver(string text)
    {
        var wasStopping = Stopping;
        try
        {
            WriteObject(text);
        }
        catch (PipelineStoppedException exception) when (!wasStopping)
        {
            // Whoever wants no more, as Select-Object -First 1, has this one: its credentials are not to be taken back.
            enough = ExceptionDispatchInfo.Capture(exception);
        }
    }

    private void Report(ManifestResult result)
    {
        if (result.Error is not null)
            WriteError(Errors.ManifestFailed(result.Error, result.File));
        foreach (var pod in result.Pods)
            Report(pod);
    }

    private void Report(InjectionResult pod)
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

        if (!AsManifest)
            WriteObject(pod);
    }
}
