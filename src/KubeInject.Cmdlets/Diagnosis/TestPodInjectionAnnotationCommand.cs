using System.Management.Automation;
using KubeInject.Annotations;
using KubeInject.Cmdlets.Completion;
using KubeInject.Cmdlets.Injection;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Diagnosis;
using KubeInject.Injection.Workloads;
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
    private FindingSelection? selection;
    private string? namespaceOfWorkloads;

    // Not FindingSeverity: PowerShell determines the layout of a cmdlet before the engine, which defines the value type, can be loaded.
    private object? minimumSeverity;

    [Parameter(ParameterSetName = FromCluster, HelpMessage = "Specifies the names of pods in the connected cluster. Wildcards are allowed. The default is all pods.")]
    [ArgumentCompleter(typeof(ObjectNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    [Parameter(ParameterSetName = FromCluster, HelpMessage = "Specifies the namespaces of the pods or workloads in the connected cluster. Wildcards are allowed, and require the permission to list namespaces. The default is the namespace of the connection.")]
    [Parameter(ParameterSetName = FromPath, HelpMessage = "Specifies the namespaces of the pods or workloads in the connected cluster. Wildcards are allowed, and require the permission to list namespaces. The default is the namespace of the connection.")]
    [Parameter(ParameterSetName = OfWorkload, HelpMessage = "Specifies the namespaces of the pods or workloads in the connected cluster. Wildcards are allowed, and require the permission to list namespaces. The default is the namespace of the connection.")]
    [Alias("n")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Namespace { get; set; }

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

    [Parameter(HelpMessage = "Specifies the source of the credentials, as created by New-CredentialSource. The cmdlet then checks whether Vault has the roles and policies that the pods need and, if it is connected to a cluster, reads the lease records. The default is the source that New-CredentialSource -Default created in this session, if there is one.")]
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

        if (Path is not null)
        {
            Workload = [.. Path.Where(IsWorkload)];
            Path = [.. Path.Except(Workload)];
        }

        // The connection of the session is only known on the pipeline thread.
        connection = Cluster || ParameterSetName == FromCluster || Workload?.Length > 0 ? RequireConnection() : FindConnection();
        CredentialSource = FindSource(CredentialSource);
        live = new PodDiagnostician(Options, cluster: connection?.Objects, source: CredentialSource);
        selection = new FindingSelection();
        documents = Cluster ? live : new PodDiagnostician(Options, source: CredentialSource);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        base.ProcessRecord();
        if (ParameterSetName != FromCluster && Workload is not { Length: > 0 })
            return;
        var (namespaces, isExact) = FindNamespaces(AllNamespaces ? null : Namespace, connection!);
        foreach (var workload in Workload?.SelectMany(text => ReadWorkload(text, namespaces, Namespace, connection!)) ?? [])
            Run(workload, (pipeline, cancellationToken) => WriteAsync(live!.DiagnoseAsync(workload, cancellationToken), pipeline));
        if (ParameterSetName == FromCluster)
            ProcessCluster(namespaces, isExact);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        WriteObject(selection!.SelectOfCluster(), enumerateCollection: true);
    }

    private protected override IReadOnlyList<ManifestSource> Accept(object value)
    {
        // A pod object is diagnosed as a pod of a cluster, not as a manifest.
        if ((value is PSObject wrapped ? wrapped.BaseObject : value) is not Pod pod)
            return base.Accept(value);
        Run(pod, (pipeline, cancellationToken) => WriteAsync(live!.DiagnoseAsync(pod, cancellationToken), pipeline));
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

    private async Task WriteAsync(Task<PodDiagnosis> diagnosis, PipelineThread pipeline)
    {
        var result = await diagnosis.ConfigureAwait(false);
        await pipeline.InvokeAsync(() => Write(result)).ConfigureAwait(false);
    }

    /// <summary>Whether a value of -Path names a workload, such as <c>deployment/orders</c>. An existing path takes precedence.</summary>
    private bool IsWorkload(string path) => !WildcardPattern.ContainsWildcardCharacters(path) && WorkloadName.IsName(path) && !System.IO.Path.Exists(GetUnresolvedProviderPathFromPSPath(path));

    private void ProcessCluster(IReadOnlyList<string?> namespaces, bool isExact)
    {
        var names = Name?.SelectMany(name => ReadName(name, KubeResource.Pods, namespaces, Namespace)).ToList();
        foreach (var name in names?.Where(name => !WildcardPattern.ContainsWildcardCharacters(name.Name)) ?? [])
        {
            Run(name, async (pipeline, cancellationToken) =>
            {
                if (isExact && !AllNamespaces && LabelSelector is null)
                    await WriteAsync(live!.DiagnoseAsync(await connection!.GetPodAsync(name.Name, name.Namespace, cancellationToken).ConfigureAwait(false), cancellationToken), pipeline).ConfigureAwait(false);
                else
                    await ListAsync(Query(name.Namespace) with { FieldSelector = $"metadata.name={name.Name}" }, _ => true, pipeline, cancellationToken).ConfigureAwait(false);
            });
        }

        foreach (var patterns in names?.Where(name => WildcardPattern.ContainsWildcardCharacters(name.Name)).ToLookup(name => name.Namespace, name => Wildcards.Pattern(name.Name)) ?? Enumerable.Empty<IGrouping<string?, WildcardPattern>>())
            Run(patterns.Key, (pipeline, cancellationToken) => ListAsync(Query(patterns.Key), pod => patterns.Any(pattern => pattern.IsMatch(pod.Name)), pipeline, cancellationToken));
        foreach (var @namespace in names is null ? namespaces : [])
            Run(@namespace, (pipeline, cancellationToken) => ListAllAsync(@namespace, pipeline, cancellationToken));
    }

    private async Task ListAllAsync(string? @namespace, PipelineThread pipeline, CancellationToken cancellationToken)
    {
        await ListAsync(Query(@namespace), _ => true, pipeline, cancellationToken).ConfigureAwait(false);
        if (LabelSelector is not null)
            return;
        foreach (var diagnosis in await live!.DiagnoseWorkloadsAsync(cancellationToken).ConfigureAwait(false))
            await pipeline.InvokeAsync(() => Write(diagnosis)).ConfigureAwait(false);
    }

    /// <summary>The query of the parameters. A namespace restricts it, also with -AllNamespaces.</summary>
    private KubeQuery Query(string? @namespace) => new() { Namespace = @namespace, AllNamespaces = AllNamespaces && @namespace is null, LabelSelector = LabelSelector };

    private async Task ListAsync(KubeQuery query, Func<Pod, bool> isWanted, PipelineThread pipeline, CancellationToken cancellationToken)
    {
        var scope = query.AllNamespaces ? "" : query.Namespace ?? connection!.Namespace;
        if (scope != namespaceOfWorkloads && await live!.ListWorkloadsAsync(query with { LabelSelector = null, FieldSelector = null }, cancellationToken).ConfigureAwait(false) is { } problem)
            await pipeline.InvokeAsync(() => WriteWarning(problem)).ConfigureAwait(false);
        namespaceOfWorkloads = scope;

        // Progress counts diagnosed pods, because the list arrives long before its pods are diagnosed.
        var (done, total) = (0L, (long?)null);
        var counting = query with { Progress = new ProgressOf<ListProgress>(list => total = list.Total) };
        var hasAny = false;
        await foreach (var pod in connection!.ListPodsAsync(counting, cancellationToken).ConfigureAwait(false))
        {
            hasAny = true;
            Progress.Report(new ProgressStep("Checking pods", done++, total) { Current = pod.Name });
            if (isWanted(pod))
                await WriteAsync(live!.DiagnoseAsync(pod, cancellationToken), pipeline).ConfigureAwait(false);
        }

        Progress.Complete();
        if (!hasAny && !query.AllNamespaces)
            await RequireNamespaceAsync(connection, query.Namespace, cancellationToken).ConfigureAwait(false);
    }

    private void Write(PodDiagnosis diagnosis)
    {
        if (PassThru)
            WriteObject(diagnosis);
        else if (Explain)
            WriteObject(Explanation.Of(diagnosis));
        else
            WriteObject(selection!.Select(diagnosis, diagnosis.ReportedFindings.Where(IsWanted)), enumerateCollection: true);
    }

    private bool IsWanted(Finding finding) => finding.Severity >= MinimumSeverity
        && !(ExcludeCode?.Any(code => Wildcards.Pattern(code).IsMatch(finding.Code)) ?? false);
}
