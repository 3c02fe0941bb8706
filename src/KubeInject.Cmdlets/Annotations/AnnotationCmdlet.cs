using System.Management.Automation;
using KubeInject.Annotations;
using KubeInject.Cmdlets.Completion;
using KubeInject.Cmdlets.Injection;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Injection.Annotating;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Objects;
using KubeInject.Manifests;

namespace KubeInject.Cmdlets.Annotations;

/// <summary>The base class of cmdlets that change labels and annotations of pod templates in manifests, or of workloads of the connected cluster.</summary>
public abstract class AnnotationCmdlet : ManifestWritingCmdlet
{
    private protected const string OfCluster = "Workload";

    private ManifestOutput? inPlace;
    private ManifestOutput? stream;

    [Parameter(ParameterSetName = OfCluster, Mandatory = true, HelpMessage = "Specifies workloads of the connected cluster in kubectl notation: deployment/orders, sts/orders, ds/agent, cj/cleanup, pod/shell.")]
    [ArgumentCompleter(typeof(WorkloadCompleter))]
    [NameOfObject]
    [ValidateNotNullOrEmpty]
    public string[]? Workload { get; set; }

    [Parameter(ParameterSetName = OfCluster, HelpMessage = "Specifies the namespace of the workloads. The default is the namespace of the connection.")]
    [Alias("n")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        base.ProcessRecord();
        foreach (var text in Workload ?? [])
        {
            var connection = RequireConnection();
            if (ReadWorkload(text, Namespace, connection) is { } workload)
                Annotate(workload, connection, Task(null, workload));
        }
    }

    /// <summary>Returns the change to make.</summary>
    /// <param name="file">The file of the manifest; null for text that was not read from a file.</param>
    /// <param name="workload">The workload; null for a manifest.</param>
    private protected abstract AnnotationTask Task(string? file, ObjectReference? workload);

    /// <summary>By default, files are changed in place, and other text is written to the pipeline.</summary>
    private protected override ManifestOutput DefaultOutput(ManifestSource manifest) =>
        manifest.File is not null ? inPlace ??= ManifestOutput.InPlace() : stream ??= ToPipeline();

    private protected override void ProcessManifest(ManifestSource manifest) => RunWriting(manifest, async (pipeline, cancellationToken) =>
    {
        var annotator = new ManifestAnnotator(Task(manifest.File, null), Options);
        var result = await annotator.PlanAsync(manifest, cancellationToken).ConfigureAwait(false);
        var isWanted = false;
        await pipeline.InvokeAsync(() => isWanted = ShouldChange(manifest, result)).ConfigureAwait(false);
        if (isWanted)
            result = await annotator.WriteAsync(manifest, Output(manifest), cancellationToken).ConfigureAwait(false);
        await pipeline.InvokeAsync(() => Report(manifest, result)).ConfigureAwait(false);
    });

    /// <summary>Changes a workload of the cluster.</summary>
    private protected void Annotate(ObjectReference workload, KubeConnection connection, AnnotationTask task) => Run(workload, async (pipeline, cancellationToken) =>
    {
        var annotator = new WorkloadAnnotator(task, connection.Objects, await ReadClusterOptionsAsync(connection, cancellationToken).ConfigureAwait(false));
        var result = await annotator.PlanAsync(workload, cancellationToken).ConfigureAwait(false);
        var isWanted = false;
        await pipeline.InvokeAsync(() => isWanted = result.Status == AnnotationStatus.Planned && ShouldChange($"{workload} in {ShouldProcessMessages.Of(connection)}", [result])).ConfigureAwait(false);
        if (isWanted)
            result = await annotator.WriteAsync(workload, cancellationToken).ConfigureAwait(false);
        await pipeline.InvokeAsync(() => Report(result, isShown: !TakeDeclined())).ConfigureAwait(false);
    });

    private protected override string? Sum(int count) => $"In total, {count} manifests and workloads would be changed.";

    // A manifest with another destination than its source is written even if nothing changes.
    private bool ShouldChange(ManifestSource manifest, AnnotatedManifest plan)
    {
        if (plan.Error is not null)
            return false;
        var planned = plan.Pods.Where(pod => pod.Status == AnnotationStatus.Planned).ToArray();
        var isInPlace = InPlace || (manifest.File is not null && !AsManifest && OutputDirectory is null);
        return planned.Length == 0
            ? !isInPlace && (OutputDirectory is null || ShouldDo(manifest.File ?? "manifest", "Write unchanged"))
            : ShouldChange(manifest.File ?? string.Join(", ", planned.Select(pod => pod.Object)), planned);
    }

    private bool ShouldChange(string target, AnnotationResult[] planned)
    {
        var changes = string.Join(" ", planned.SelectMany(pod => pod.Changes).Distinct());
        return ShouldDo([$"{target}: {changes}", .. planned.SelectMany(pod => pod.Diff.Split('\n'))], $"{target}: {changes}", "Change labels and annotations");
    }

    private void Report(ManifestSource manifest, AnnotatedManifest result)
    {
        if (result.Error is not null)
            WriteError(Errors.ManifestFailed(result.Error, result.File));
        foreach (var error in result.DocumentErrors)
            WriteError(Errors.ManifestFailed(error, result.File));
        var isDeclined = TakeDeclined();
        var isText = AsManifest || (manifest.File is null && OutputDirectory is null && !InPlace);
        foreach (var pod in result.Pods)
            Report(pod, isShown: !isText && !(isDeclined && pod.Status == AnnotationStatus.Planned));
    }

    private void Report(AnnotationResult pod, bool isShown)
    {
        foreach (var warning in pod.Warnings)
            WriteWarning(warning);
        if (pod.Status != AnnotationStatus.Failed)
        {
            foreach (var finding in pod.Findings.Where(finding => finding.Severity == FindingSeverity.Error))
                WriteWarning($"{finding}");
        }

        if (pod.Error is not null)
            WriteError(Errors.AnnotationFailed(pod.Error, pod));
        if (isShown)
            WriteObject(pod);
    }
}
