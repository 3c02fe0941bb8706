using System.Management.Automation;
using KubeInject.Annotations;
using KubeInject.Annotations.Dialects;
using KubeInject.Cmdlets.Completion;
using KubeInject.Cmdlets.Injection;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Diagnosis.Cluster;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Objects;
using KubeInject.Manifests;

namespace KubeInject.Cmdlets.Annotations;

/// <summary>Gets the database credentials that pods or manifests request, and problems in their annotations.</summary>
[Cmdlet(VerbsCommon.Get, "PodInjectionAnnotation", DefaultParameterSetName = FromCluster)]
[OutputType(typeof(PodInjection))]
public sealed class GetPodInjectionAnnotationCommand : ManifestCmdlet
{
    private const string FromCluster = "Cluster";

    // Not InjectionDialect[]: PowerShell determines the layout of a cmdlet before the engine, which defines the type, can be loaded.
    private object? dialects;

    [Parameter(ParameterSetName = FromCluster, HelpMessage = "Specifies the namespaces of the pods in the connected cluster. Wildcards are allowed, and require the permission to list namespaces. The default is the namespace of the connection.")]
    [Alias("n")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Namespace { get; set; }

    [Parameter(ParameterSetName = FromCluster, HelpMessage = "Gets pods from all namespaces of the connected cluster.")]
    [Alias("A")]
    public SwitchParameter AllNamespaces { get; set; }

    [Parameter(ParameterSetName = FromCluster, HelpMessage = "Specifies a Kubernetes label selector for the pods, for example 'app=orders,tier in (web,api)'.")]
    [Alias("l", "Selector")]
    [ArgumentCompleter(typeof(LabelSelectorCompleter))]
    [ValidateNotNullOrEmpty]
    public string? LabelSelector { get; set; }

    [Parameter(ParameterSetName = FromCluster, HelpMessage = "Reads whole pods and also checks their containers: variables that are already declared, init containers, and 'vault:' values. By default, only the metadata of the pods is read, which is much faster.")]
    public SwitchParameter Detailed { get; set; }

    [Parameter(ParameterSetName = FromCluster, HelpMessage = "Reads the current state directly from storage, as -Detailed does, and returns requests while it reads. Use it right after a change. By default, the API server answers from its cache, which is faster and usually up to date, and the requests are sorted by namespace and name and returned when all are read.")]
    public SwitchParameter Consistent { get; set; }

    [Parameter(HelpMessage = "Returns only requests in these dialects: VaultDbInjector (the annotations that KubeInject processes), VaultAgent (vault.hashicorp.com annotations), or BankVaults (vault.security.banzaicloud.io annotations and variables that start with 'vault:'). The default is all dialects.")]
    [ValidateNotNullOrEmpty]
    public InjectionDialect[]? Dialect
    {
        get => (InjectionDialect[]?)dialects;
        set => dialects = value;
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        base.ProcessRecord();
        if (ParameterSetName != FromCluster)
            return;

        var connection = RequireConnection();
        foreach (var @namespace in FindNamespaces(AllNamespaces ? null : Namespace, connection).Namespaces)
        {
            var query = new KubeQuery { Namespace = @namespace, AllNamespaces = AllNamespaces, LabelSelector = LabelSelector, FromCache = !Consistent && !Detailed, Progress = Listing() };
            Run(@namespace, async (pipeline, cancellationToken) =>
            {
                // The cache has no order. Only pods that request credentials are kept in memory.
                var unsorted = query.FromCache ? new List<PodInjection>() : null;
                var pods = Detailed
                    ? WritePodsAsync(connection, query, pipeline, cancellationToken)
                    : WriteMetadataAsync(connection, query, unsorted, pipeline, cancellationToken);

                // The list of pods is the longest, so its request is the first. Labels of pods do not select workloads.
                var workloads = LabelSelector is null ? AnnotatedWorkloads.ReadAllAsync(connection.Objects, query, Options, cancellationToken) : null;
                await Task.WhenAll(pods, workloads ?? Task.CompletedTask).ConfigureAwait(false);
                var (templates, problem) = workloads is null ? ([], null) : await workloads.ConfigureAwait(false);
                IEnumerable<PodInjection> others = templates.SelectMany(template => PodInjections.ReadAll(template, Options));
                if (unsorted is not null)
                    others = unsorted.Concat(others).OrderBy(request => request.Namespace, StringComparer.Ordinal).ThenBy(request => request.Name, StringComparer.Ordinal);
                await pipeline.InvokeAsync(() => Write([.. others])).ConfigureAwait(false);
                if (problem is not null)
                    await pipeline.InvokeAsync(() => WriteWarning(problem)).ConfigureAwait(false);
                if (!await pods.ConfigureAwait(false) && !AllNamespaces)
                    await RequireNamespaceAsync(connection, @namespace, cancellationToken).ConfigureAwait(false);
            });
        }
    }

    private async Task<bool> WritePodsAsync(KubeConnection connection, KubeQuery query, PipelineThread pipeline, CancellationToken cancellationToken)
    {
        var hasAny = false;
        await foreach (var pod in connection.ListPodsAsync(query, cancellationToken).ConfigureAwait(false))
        {
            hasAny = true;
            await pipeline.InvokeAsync(() => Write(pod)).ConfigureAwait(false);
        }

        return hasAny;
    }

    /// <summary>Writes the requests, or adds them to a list that the caller sorts and writes.</summary>
    private async Task<bool> WriteMetadataAsync(KubeConnection connection, KubeQuery query, List<PodInjection>? unsorted, PipelineThread pipeline, CancellationToken cancellationToken)
    {
        var hasAny = false;

        // The next batch is read while the pipeline processes the current one.
        var written = Task.CompletedTask;
        var batches = connection.Objects.ListMetadataBatchesAsync(KubeResource.Pods, query, cancellationToken);
        await foreach (var requests in PodInjections.ReadAllAsync(batches, Options, cancellationToken).ConfigureAwait(false))
        {
            hasAny = true;
            await written.ConfigureAwait(false);
            if (unsorted is null)
                written = pipeline.InvokeAsync(() => Write(requests));
            else
                unsorted.AddRange(requests);
        }

        await written.ConfigureAwait(false);
        return hasAny;
    }

    private protected override IReadOnlyList<ManifestSource> Accept(object value)
    {
        // A pod is already parsed, so its JSON document is not read again.
        switch (value is PSObject wrapped ? wrapped.BaseObject : value)
        {
            case Pod pod:
                Write(pod);
                return [];
            case ObjectMetadata { Name: null or "" } or ObjectMetadata { Kind: null or "" }:
                WriteError(Errors.IncompleteInput(PSObject.AsPSObject(value), "Kind or no Name"));
                return [];
            case ObjectMetadata pod:
                Write(PodInjections.ReadAll(pod, Options));
                return [];
            default:
                return base.Accept(value);
        }
    }

    private protected override void ProcessManifest(ManifestSource manifest) => Run(manifest.File, async (pipeline, cancellationToken) =>
    {
        var text = await manifest.ReadAsync(cancellationToken).ConfigureAwait(false);
        foreach (var document in Manifest.Parse(text).Documents)
        {
            foreach (var template in document.PodTemplates)
                await pipeline.InvokeAsync(() => Write(template.ReadInjections(Options))).ConfigureAwait(false);
            if (document.Error is { } error)
                await pipeline.InvokeAsync(() => WriteError(Errors.Describe(error, manifest.File)!)).ConfigureAwait(false);
        }
    });

    private void Write(Pod pod) => Write(PodInjections.ReadAll(pod.ToTemplate(), Options));

    private void Write(IReadOnlyList<PodInjection> injections) =>
        WriteObject(Dialect is null ? injections : injections.Where(injection => Dialect.Contains(injection.Dialect)), enumerateCollection: true);
}
