using System.Management.Automation;
using KubeInject.Annotations;
using KubeInject.Diagnosis;
using KubeInject.Kubernetes;
using KubeInject.Leases;
using KubeInject.Manifests;

namespace KubeInject.Cmdlets;

/// <summary>Says whether pods get the credentials that they ask for, and if not, why not.</summary>
[Cmdlet(VerbsDiagnostic.Test, "PodInjectionAnnotation", DefaultParameterSetName = FromCluster)]
[OutputType(typeof(Finding), typeof(PodDiagnosis), typeof(Explanation))]
public sealed class TestPodInjectionAnnotationCommand : ManifestCmdlet
{
    private const string FromCluster = "Cluster";
    private const string OfWorkload = "Workload";

    private KubeConnection? connection;
    private PodDiagnostician? documents;
    private PodDiagnostician? live;

    // No field of a cmdlet is of a value type of the engine: PowerShell asks for their layout before the engine can be found.
    private object? minimumSeverity;

    /// <summary>Names of pods.</summary>
    [Parameter(ParameterSetName = FromCluster, HelpMessage = "Pods of these names of the connected cluster; with wildcards, those that match. Default: all.")]
    [ArgumentCompleter(typeof(ObjectNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    /// <summary>The namespace.</summary>
    [Parameter(ParameterSetName = FromCluster, HelpMessage = "Pods of this namespace of the connected cluster. Default: that of the connection.")]
    [Parameter(ParameterSetName = OfWorkload, HelpMessage = "The namespace of the workloads. Default: that of the connection.")]
    [Alias("n")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    /// <summary>Whether to look into every namespace.</summary>
    [Parameter(ParameterSetName = FromCluster, HelpMessage = "Pods of every namespace of the connected cluster.")]
    [Alias("A")]
    public SwitchParameter AllNamespaces { get; set; }

    /// <summary>A label selector.</summary>
    [Parameter(ParameterSetName = FromCluster, HelpMessage = "Only pods with these labels, in Kubernetes' words: 'app=orders,tier in (web,api)'.")]
    [Alias("l", "Selector")]
    [ArgumentCompleter(typeof(LabelSelectorCompleter))]
    [ValidateNotNullOrEmpty]
    public string? LabelSelector { get; set; }

    /// <summary>Workloads of the cluster.</summary>
    [Parameter(ParameterSetName = OfWorkload, Mandatory = true, HelpMessage = "Workloads of the connected cluster, as kubectl names them: deployment/orders, sts/orders, ds/agent, cj/cleanup, pod/shell.")]
    [ArgumentCompleter(typeof(WorkloadCompleter))]
    [NameOfObject]
    [ValidateNotNullOrEmpty]
    public string[]? Workload { get; set; }

    /// <summary>Whether manifests are checked against the cluster.</summary>
    [Parameter(ParameterSetName = FromInput, HelpMessage = "Check manifests against the connected cluster, too. Pods of a cluster always are.")]
    [Parameter(ParameterSetName = FromPath, HelpMessage = "Check manifests against the connected cluster, too.")]
    [Parameter(ParameterSetName = FromLiteralPath, HelpMessage = "Check manifests against the connected cluster, too.")]
    public SwitchParameter Cluster { get; set; }

    /// <summary>Where credentials come from.</summary>
    [Parameter(HelpMessage = "Where the credentials come from, as New-CredentialSource makes it: a Vault is asked whether it has what the pods need, and with a cluster the records of leases are looked at.")]
    [ArgumentCompleter(typeof(VariableCompleter))]
    [ValidateNotNull]
    public CredentialSource? CredentialSource { get; set; }

    /// <summary>What findings matter.</summary>
    [Parameter(HelpMessage = "Only findings that matter at least so much. Default: all.")]
    public FindingSeverity MinimumSeverity
    {
        get => minimumSeverity is FindingSeverity given ? given : default;
        set => minimumSeverity = value;
    }

    /// <summary>Codes of findings to leave out.</summary>
    [Parameter(HelpMessage = "Codes of findings to leave out, such as KI023; with wildcards, those that match.")]
    [ArgumentCompleter(typeof(FindingCodeCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? ExcludeCode { get; set; }

    /// <summary>Whether to write diagnoses.</summary>
    [Parameter(HelpMessage = "Write what was found out about each pod and workload, found fault with or not, in place of the single findings.")]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Whether to write explanations.</summary>
    [Parameter(HelpMessage = "Tell the story of each pod and workload: what it asks for, who would act on it, where the chain breaks, what to do.")]
    public SwitchParameter Explain { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (PassThru && Explain)
            ThrowTerminatingError(Errors.PassThruAndExplain());

        // Asked here, on PowerShell's own thread, which alone knows the session's connection.
        connection = Cluster || ParameterSetName is FromCluster or OfWorkload ? RequireConnection() : FindConnection();
        live = new PodDiagnostician(cluster: connection?.Objects, source: CredentialSource);
        documents = Cluster ? live : new PodDiagnostician(source: CredentialSource);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        base.ProcessRecord();
        foreach (var text in Workload ?? [])
        {
            if (ReadWorkload(text, Namespace, connection!) is { } workload)
                Diagnose(workload, (write, cancellationToken) => DiagnoseAsync(live!.DiagnoseAsync(workload, cancellationToken), write));
        }

        if (ParameterSetName == FromCluster)
            ProcessCluster();
    }

    private protected override IReadOnlyList<ManifestSource> Take(object value)
    {
        // A pod is a pod of a cluster, not its manifest.
        if ((value is PSObject wrapped ? wrapped.BaseObject : value) is not Pod pod)
            return base.Take(value);
        Diagnose(pod, (write, cancellationToken) => DiagnoseAsync(live!.DiagnoseAsync(pod, cancellationToken), write));
        return [];
    }

    private protected override string Doing => "Checking manifests";

    private protected override void ProcessManifest(ManifestSource manifest) => Diagnose(manifest.File, async (write, cancellationToken) =>
    {
        foreach (var diagnosis in await documents!.DiagnoseAsync(manifest, cancellationToken).ConfigureAwait(false))
            await write(diagnosis).ConfigureAwait(false);
    });

    private static async Task DiagnoseAsync(Task<PodDiagnosis> diagnosis, Func<PodDiagnosis, Task> write) =>
        await write(await diagnosis.ConfigureAwait(false)).ConfigureAwait(false);

    private void ProcessCluster()
    {
        var query = new KubeQuery { Namespace = Namespace, AllNamespaces = AllNamespaces, LabelSelector = LabelSelector };
        foreach (var name in Name?.Where(name => !WildcardPattern.ContainsWildcardCharacters(name)) ?? [])
        {
            Diagnose(name, async (write, cancellationToken) =>
            {
                if (AllNamespaces || LabelSelector is not null)
                    await ListAsync(query with { FieldSelector = $"metadata.name={name}" }, _ => true, write, cancellationToken).ConfigureAwait(false);
                else
                    await DiagnoseAsync(live!.DiagnoseAsync(await connection!.GetPodAsync(name, Namespace, cancellationToken).ConfigureAwait(false), cancellationToken), write).ConfigureAwait(false);
            });
        }

        var patterns = Name?.Where(WildcardPattern.ContainsWildcardCharacters).Select(Wildcards.Pattern).ToList();
        if (patterns is null or { Count: > 0 })
            Diagnose(Namespace, (write, cancellationToken) => ListAsync(query, pod => patterns?.Exists(pattern => pattern.IsMatch(pod.Name)) ?? true, write, cancellationToken));
    }

    private async Task ListAsync(KubeQuery query, Func<Pod, bool> isWanted, Func<PodDiagnosis, Task> write, CancellationToken cancellationToken)
    {
        // A list is there long before its pods are looked into.
        var (done, total) = (0L, (long?)null);
        var counting = query with { Progress = new ProgressOf<ListProgress>(list => total = list.Total) };
        await foreach (var pod in connection!.ListPodsAsync(counting, cancellationToken).ConfigureAwait(false))
        {
            Progress.Report(new ProgressStep("Checking pods", done++, total) { Current = pod.Name });
            if (isWanted(pod))
                await DiagnoseAsync(live!.DiagnoseAsync(pod, cancellationToken), write).ConfigureAwait(false);
        }

        Progress.Complete();
    }

    private void Diagnose(object? target, Func<Func<PodDiagnosis, Task>, CancellationToken, Task> diagnose) => Run(target, (pipeline, cancellationToken) =>
        diagnose(diagnosis => pipeline.InvokeAsync(() => Write(diagnosis)), cancellationToken));

    private void Write(PodDiagnosis diagnosis)
    {
        if (PassThru)
            WriteObject(diagnosis);
        else if (Explain)
            WriteObject(Explanation.Of(diagnosis));
        else
            WriteObject(diagnosis.Findings.Where(IsWanted).ToArray(), enumerateCollection: true);
    }

    private bool IsWanted(Finding finding) => finding.Severity >= MinimumSeverity
        && !(ExcludeCode?.Any(code => Wildcards.Pattern(code).IsMatch(finding.Code)) ?? false);
}
