using KubeInject.Annotations;
using KubeInject.Diagnosis.Cluster;
using KubeInject.Injection.Workloads;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;
using KubeInject.Manifests;

namespace KubeInject.Diagnosis;

/// <summary>
/// Finds out whether pods get the credentials that they request, and if not, why. Changes nothing. Caches the answers of the
/// cluster, so create a new instance for each run. Not thread-safe, unless <see cref="IsThreadSafe"/> is true.
/// </summary>
internal sealed class PodDiagnostician
{
    private readonly InjectionOptions specified;
    private readonly ClusterCache? cluster;
    private readonly IReadOnlyList<IDiagnosisCheck> clusterChecks;
    private readonly IReadOnlyList<IDiagnosisCheck> checks;
    private readonly HashSet<ObjectReference> ownersOfPods = [];
    private InjectionOptions? options;
    private IReadOnlyList<ObjectMetadata>? annotatedWorkloads;

    /// <summary>Creates a diagnostician.</summary>
    /// <param name="options">The settings of the annotations, as configured in the injector. Default: <see cref="InjectionOptions.Default"/>, with the label of the injector that is installed in the cluster.</param>
    /// <param name="cluster">The cluster to check against; null to check only the documents (default).</param>
    /// <param name="source">The source of the credentials and of the lease records; null if it is not known (default).</param>
    /// <param name="time">The clock. Default: the system clock.</param>
    public PodDiagnostician(InjectionOptions? options = null, KubeObjectClient? cluster = null, CredentialSource? source = null, TimeProvider? time = null)
    {
        specified = options ?? InjectionOptions.Default;
        this.cluster = cluster is null ? null : new ClusterCache(cluster);
        clusterChecks = this.cluster is null ? [] : [new ClusterCheck(this.cluster, source, time ?? TimeProvider.System)];
        checks = [.. clusterChecks, .. SourceChecks.Of(source, this.cluster)];
    }

    /// <summary>Whether several threads can diagnose at the same time: only if neither a cluster nor a source is asked.</summary>
    public bool IsThreadSafe => cluster is null && checks.Count == 0;

    /// <summary>Diagnoses the pods and pod templates of a manifest.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="cancellationToken">Cancels the diagnosis.</param>
    /// <returns>One diagnosis for each pod and pod template, in the order of the document.</returns>
    /// <exception cref="ManifestException">The text is not a valid manifest, or a document that might request credentials cannot be read.</exception>
    /// <exception cref="IOException">The manifest cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the manifest is denied.</exception>
    public Task<IReadOnlyList<PodDiagnosis>> DiagnoseAsync(ManifestSource manifest, CancellationToken cancellationToken) => DiagnoseAsync(
        manifest,
        document =>
        {
            if (document.Error is { } error)
                throw error;
        },
        cancellationToken);

    /// <summary>Diagnoses the pods and pod templates of a manifest. A document that cannot be read does not affect the others.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="report">Is called for each document with a problem, after all documents were read.</param>
    /// <param name="cancellationToken">Cancels the diagnosis.</param>
    /// <returns>One diagnosis for each pod and pod template, in the order of the document.</returns>
    internal async Task<IReadOnlyList<PodDiagnosis>> DiagnoseAsync(ManifestSource manifest, Action<ManifestDocument> report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var text = await manifest.ReadAsync(cancellationToken).ConfigureAwait(false);
        var used = await OptionsAsync(cancellationToken).ConfigureAwait(false);
        var diagnoses = new List<(int Index, PodDiagnosis Diagnosis)>();
        var problems = new List<ManifestDocument>();
        foreach (var (index, document) in Manifest.Enumerate(text))
        {
            if (document.Problem is not null)
                problems.Add(document);
            if (document.PodTemplates.Count == 0)
                continue;
            var ignored = IgnoreComments.CodesIn(document.Text);
            foreach (var template in document.PodTemplates)
                diagnoses.Add((index, WithLocations(await DiagnoseAsync(DiagnosisSubject.Of(template, used), cancellationToken).ConfigureAwait(false), template) with { IgnoredCodes = ignored }));
        }

        problems.ForEach(report);
        return [.. diagnoses.OrderBy(entry => entry.Index).Select(entry => entry.Diagnosis)];
    }

    /// <summary>Diagnoses a pod of a cluster.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="cancellationToken">Cancels the diagnosis.</param>
    /// <returns>The diagnosis.</returns>
    public async Task<PodDiagnosis> DiagnoseAsync(Pod pod, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(pod);
        var subject = DiagnosisSubject.Of(pod, await OptionsAsync(cancellationToken).ConfigureAwait(false));
        return await DiagnoseAsync(await WithWorkloadAsync(subject, pod, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Lists the workloads with injection annotations in their metadata. The diagnosis of a pod then reads the owners of the pod only if
    /// they can be one of these workloads.
    /// </summary>
    /// <param name="query">The namespace of the workloads, and their labels.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What could not be listed, in one line; null if everything could.</returns>
    internal async Task<string?> ListWorkloadsAsync(KubeQuery query, CancellationToken cancellationToken)
    {
        (annotatedWorkloads, var problem) = await AnnotatedWorkloads.ListAsync(cluster!.Client, query, cancellationToken).ConfigureAwait(false);
        return problem;
    }

    /// <summary>Diagnoses the workloads that <see cref="ListWorkloadsAsync"/> listed, whose annotations have no effect, and of which no pod was diagnosed.</summary>
    internal async Task<IReadOnlyList<PodDiagnosis>> DiagnoseWorkloadsAsync(CancellationToken cancellationToken)
    {
        var used = await OptionsAsync(cancellationToken).ConfigureAwait(false);
        var diagnoses = new List<PodDiagnosis>();
        foreach (var workload in annotatedWorkloads ?? [])
        {
            if (!ownersOfPods.Contains(new ObjectReference(workload.Kind, workload.Namespace, workload.Name))
                && await AnnotatedWorkloads.ReadAsync(cluster!.Client, workload, used, cancellationToken).ConfigureAwait(false) is { } template)
                diagnoses.Add(await DiagnoseAsync(DiagnosisSubject.Of(template, used), [], cancellationToken).ConfigureAwait(false));
        }

        return diagnoses;
    }

    /// <summary>Diagnoses a workload of the cluster: its pod template and its newest pod, if it has pods.</summary>
    /// <param name="workload">The workload, of one of the kinds in <see cref="WorkloadName.Kinds"/>.</param>
    /// <param name="cancellationToken">Cancels the diagnosis.</param>
    /// <returns>The diagnosis.</returns>
    /// <exception cref="KubeApiException">The workload does not exist, or access to it is denied.</exception>
    /// <exception cref="KubeConnectionException">The cluster does not answer.</exception>
    /// <exception cref="InvalidOperationException">The diagnostician has no cluster.</exception>
    public async Task<PodDiagnosis> DiagnoseAsync(ObjectReference workload, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(workload);
        var cache = cluster ?? throw new InvalidOperationException($"{workload} cannot be diagnosed without a cluster.");
        var kind = WorkloadKind.Of(workload.Kind) ?? throw new ArgumentException($"The kind of {workload} is not supported: its pod template is not known.", nameof(workload));
        var read = await kind.GetAsync(cache.Client, workload, cancellationToken).ConfigureAwait(false);
        if (!kind.CanBeChanged)
            return await DiagnoseAsync(Pod.FromUtf8(read.ToUtf8(), read.Server), cancellationToken).ConfigureAwait(false);
        var template = Manifest.Parse(new ManifestText(read.ToJson())).Documents[0].PodTemplates[0].Template with { Server = read.Server };
        var pod = await PodOwner.FindNewestPodAsync(cache, read, template, cancellationToken).ConfigureAwait(false);
        var used = await OptionsAsync(cancellationToken).ConfigureAwait(false);
        return await DiagnoseAsync(DiagnosisSubject.Of(template, used) with { Pod = pod }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Diagnoses an injected pod from its metadata: its annotations, and whether its leases are recorded. Sends no request for
    /// the individual pod, so it is fast for many pods.
    /// </summary>
    /// <param name="pod">The metadata of a pod without pending injections.</param>
    /// <param name="cancellationToken">Cancels the diagnosis.</param>
    internal async Task<PodDiagnosis> DiagnoseInjectedAsync(ObjectMetadata pod, CancellationToken cancellationToken)
    {
        var used = await OptionsAsync(cancellationToken).ConfigureAwait(false);
        return await DiagnoseAsync(DiagnosisSubject.Of(pod.ToTemplate(), used), clusterChecks, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Returns the settings that the diagnosis uses: the specified ones, and the labels of the injectors that are installed in the cluster.</summary>
    internal async Task<InjectionOptions> OptionsAsync(CancellationToken cancellationToken) =>
        options ??= cluster is null ? specified : await InjectorLabels.FindAsync(specified, cluster, cancellationToken).ConfigureAwait(false);

    /// <summary>Searches the annotations of a pod without a request in the metadata of its workload.</summary>
    private async Task<DiagnosisSubject> WithWorkloadAsync(DiagnosisSubject subject, Pod pod, CancellationToken cancellationToken)
    {
        if (cluster is null || subject.Injections.Any(injection => injection.State != InjectionState.None) || !(annotatedWorkloads?.Any(workload => AnnotatedWorkloads.MayOwn(workload, pod)) ?? true))
            return subject;
        var (workload, problem) = await PodOwner.FindWorkloadAsync(cluster, pod, cancellationToken).ConfigureAwait(false);
        if (workload is null || AnnotatedWorkloads.TemplateOf(workload) is not { } template || AnnotatedWorkloads.Find(template, subject.Options) is not { } finding)
            return subject with { WorkloadProblem = problem };
        ownersOfPods.Add(template.Object);
        return subject with { OnWorkload = finding };
    }

    private Task<PodDiagnosis> DiagnoseAsync(DiagnosisSubject subject, CancellationToken cancellationToken) => DiagnoseAsync(subject, checks, cancellationToken);

    private static async Task<PodDiagnosis> DiagnoseAsync(DiagnosisSubject subject, IReadOnlyList<IDiagnosisCheck> checks, CancellationToken cancellationToken)
    {
        var steps = new List<DiagnosisStep>();
        foreach (var check in checks)
            steps.AddRange(await check.CheckAsync(subject, cancellationToken).ConfigureAwait(false));
        steps.Insert(0, AnnotationCheck.Check(subject, [.. steps.SelectMany(step => step.ActingInjectors)]));
        return new PodDiagnosis
        {
            Object = subject.Template.Object,
            Server = subject.Template.Server,
            Location = subject.Location,
            Injections = subject.Injections,
            Steps = steps.OrderBy(step => step.Step).ToArray(),
        };
    }

    /// <summary>Adds the location in the manifest to findings of the cluster and of the source.</summary>
    private static PodDiagnosis WithLocations(PodDiagnosis diagnosis, ManifestPodTemplate template) => diagnosis.Steps.All(IsLocated) ? diagnosis : diagnosis with
    {
        Steps = [.. diagnosis.Steps.Select(step => IsLocated(step) ? step : step with
        {
            Findings = [.. step.Findings.Select(finding => finding.Location is null ? finding with { Location = template.LocationOf(finding.Key) } : finding)],
        })],
    };

    private static bool IsLocated(DiagnosisStep step) => step.Findings.All(finding => finding.Location is not null);
}
