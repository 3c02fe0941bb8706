using System.Management.Automation;
using KubeInject.Annotations;
using KubeInject.Cmdlets.Completion;
using KubeInject.Cmdlets.Injection;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Diagnosis;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;
using KubeInject.Manifests;

namespace KubeInject.Cmdlets.Diagnosis;

/// <summary>Tests whether pods, workloads or manifests get the credentials that they request, and explains why not.</summary>
[Cmdlet(VerbsDiagnostic.Test, "PodInjectionAnnotation", DefaultParameterSetName = FromCluster)]
[OutputType(typeof(Finding), typeof(PodDiagnosis), typeof(Explanation))]
public sealed class TestPodInjectionAnnotationCommand : ManifestCmdlet
{
    private const string FromCluster = "Cluster";
    private const string OfWorkload = "Workload";

    private KubeConnection? connection;
    private PodDiagnostician? documents;
    private PodDiagnostician? live;

    // Not FindingSeverity: PowerShell determines the layout of a cmdlet before the engine, which defines the value type, can be loaded.
    private object? minimumSeverity;

    [Parameter(ParameterSetName = FromCluster, HelpMessage = "Specifies the names of pods in the connected cluster. Wildcards are allowed. The default is all pods.")]
    [ArgumentCompleter(typeof(ObjectNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    [Parameter(ParameterSetName = FromCluster, HelpMessage = "Specifies the namespace of the pods or workloads in the connected cluster. The default is the namespace of the connection.")]
    [Parameter(ParameterSetName = OfWorkload, HelpMessage = "Specifies the namespace of the pods or workloads in the connected cluster. The default is the namespace of the connection.")]
    [Alias("n")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    [Parameter(ParameterSetName = FromCluster, HelpMessage = "Tests pods in all namespaces of the connected cluster.")]
    [Alias("A")]
    public SwitchParameter AllNamespaces { get; set; }

    [Parameter(ParameterSetName = FromCluster, HelpMessage = "Specifies a Kubernetes label selector for the pods, for example 'app=orders,tier in (web,api)'.")]
    [Alias("l", "Selector")]
    [ArgumentCompleter(typeof(LabelSelectorCompleter))]
    [ValidateNotNullOrEmpty]
    public string? LabelSelector { get; set; }

    [Parameter(ParameterSetName = OfWorkload, Mandatory = true, HelpMessage = "Specifies workloads of the connected cluster in kubectl notation: deployment/orders, sts/orders, ds/agent, cj/cleanup, pod/shell.")]
    [ArgumentCompleter(typeof(WorkloadCompleter))]
    [NameOfObject]
    [ValidateNotNullOrEmpty]
    public string[]? Workload { get; set; }

    [Parameter(ParameterSetName = FromInput, HelpMessage = "Checks manifests against the connected cluster as well. Pods and workloads of a cluster are always checked against it.")]
    [Parameter(ParameterSetName = FromPath, HelpMessage = "Checks manifests against the connected cluster as well. Pods and workloads of a cluster are always checked against it.")]
    [Parameter(ParameterSetName = FromLiteralPath, HelpMessage = "Checks manifests against the connected cluster as well. Pods and workloads of a cluster are always checked against it.")]
    public SwitchParameter Cluster { get; set; }

    [Parameter(HelpMessage = "Specifies the source of the credentials, as created by New-CredentialSource. The cmdlet then checks whether Vault has the roles and policies that the pods need and, if it is connected to a cluster, reads the lease records.")]
    [ArgumentCompleter(typeof(VariableCompleter))]
    [ValidateNotNull]
    public CredentialSource? CredentialSource { get; set; }

    [Parameter(HelpMessage = "Specifies the minimum severity of the findings to return: Information, Warning or Error. The default is Information, which returns all findings.")]
    public FindingSeverity MinimumSeverity
    {
        get => minimumSeverity is FindingSeverity given ? given : default;
        set => minimumSeverity = value;
    }

    [Parameter(HelpMessage = "Specifies the codes of findings to exclude, for example KI023. Wildcards are allowed. The output of -PassThru and -Explain still includes these findings.")]
    [ArgumentCompleter(typeof(FindingCodeCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? ExcludeCode { get; set; }

    [Parameter(HelpMessage = "Returns a diagnosis of each pod and workload, with or without findings, instead of the individual findings.")]
    public SwitchParameter PassThru { get; set; }

    [Parameter(HelpMessage = "Explains the result for each pod and workload: what it requests, what would process the request, which step fails, and what to do.")]
    public SwitchParameter Explain { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (PassThru && Explain)
            ThrowTerminatingError(Errors.PassThruAndExplain());

        // The connection of the session is only known on the pipeline thread.
        connection = Cluster || ParameterSetName is FromCluster or OfWorkload ? RequireConnection() : FindConnection();
        live = new PodDiagnostician(Options, cluster: connection?.Objects, source: CredentialSource);
        documents = Cluster ? live : new PodDiagnostician(Options, source: CredentialSource);
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

    private protected override IReadOnlyList<ManifestSource> Accept(object value)
    {
        // A pod object is diagnosed as a pod of a cluster, not as a manifest.
        if ((value is PSObject wrapped ? wrapped.BaseObject : value) is not Pod pod)
            return base.Accept(value);
        Diagnose(pod, (write, cancellationToken) => DiagnoseAsync(live!.DiagnoseAsync(pod, cancellationToken), write));
        return [];
    }

    private protected override string ActivityName => "Checking manifests";

    private protected override void ProcessManifest(ManifestSource manifest) => Run(manifest.File, async (pipeline, cancellationToken) =>
    {
        var unreadable = new List<ManifestException>();
        foreach (var diagnosis in await documents!.DiagnoseAsync(manifest, document => unreadable.AddRange(document.Error is { } error ? [error] : []), cancellationToken).ConfigureAwait(false))
            await pipeline.InvokeAsync(() => Write(diagnosis)).ConfigureAwait(false);
        foreach (var error in unreadable)
            await pipeline.InvokeAsync(() => WriteError(Errors.Describe(error, manifest.File)!)).ConfigureAwait(false);
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
        // Progress counts diagnosed pods, because the list arrives long before its pods are diagnosed.
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
            WriteObject(diagnosis.ReportedFindings.Where(IsWanted).ToArray(), enumerateCollection: true);
    }

    private bool IsWanted(Finding finding) => finding.Severity >= MinimumSeverity
        && !(ExcludeCode?.Any(code => Wildcards.Pattern(code).IsMatch(finding.Code)) ?? false);
}
