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
/// Finds out whether pods get the credentials that they ask for, and if not, why not. Changes nothing anywhere. What it has
/// asked a cluster once it remembers, so it is for one look around; it is for one caller at a time.
/// </summary>
internal sealed class PodDiagnostician
{
    private readonly InjectionOptions options;
    private readonly ClusterCache? cluster;
    private readonly IReadOnlyList<IDiagnosisCheck> ofCluster;
    private readonly IReadOnlyList<IDiagnosisCheck> checks;

    /// <summary>Prepares diagnoses.</summary>
    /// <param name="options">What the operator has set of the annotation contract; default: nothing.</param>
    /// <param name="cluster">The cluster to look into; null for the documents alone (default).</param>
    /// <param name="source">Where the credentials come from and their leases are recorded; null where that is not known (default).</param>
    /// <param name="time">Tells the time; default: the system's clock.</param>
    public PodDiagnostician(InjectionOptions? options = null, KubeObjectClient? cluster = null, CredentialSource? source = null, TimeProvider? time = null)
    {
        this.options = options ?? InjectionOptions.Default;
        this.cluster = cluster is null ? null : new ClusterCache(cluster);
        ofCluster = this.cluster is null ? [] : [new ClusterCheck(this.cluster, this.options, source, time ?? TimeProvider.System)];
        checks = [.. ofCluster, .. SourceChecks.Of(source)];
    }

    /// <summary>Looks at the pods and pod templates of a manifest.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>One diagnosis for each, in the order of the document.</returns>
    /// <exception cref="ManifestException">The text is no manifest.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public async Task<IReadOnlyList<PodDiagnosis>> DiagnoseAsync(ManifestSource manifest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var text = await manifest.ReadAsync(cancellationToken).ConfigureAwait(false);
        var diagnoses = new List<PodDiagnosis>();
        foreach (var template in Manifest.Parse(text).Documents.SelectMany(document => document.PodTemplates))
            diagnoses.Add(Located(await DiagnoseAsync(DiagnosisSubject.Of(template, options), cancellationToken).ConfigureAwait(false), template));
        return diagnoses;
    }

    /// <summary>Looks at a pod of a cluster.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The diagnosis.</returns>
    public Task<PodDiagnosis> DiagnoseAsync(Pod pod, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(pod);
        return DiagnoseAsync(DiagnosisSubject.Of(pod, options), cancellationToken);
    }

    /// <summary>Looks at a workload of the cluster: its pod template, and the newest of its pods, where it has any.</summary>
    /// <param name="workload">The workload, of a kind that <see cref="WorkloadName.Kinds"/> has.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The diagnosis.</returns>
    /// <exception cref="KubeApiException">The workload does not exist, or may not be read.</exception>
    /// <exception cref="KubeConnectionException">The cluster does not answer.</exception>
    /// <exception cref="InvalidOperationException">There is no cluster.</exception>
    public async Task<PodDiagnosis> DiagnoseAsync(ObjectReference workload, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(workload);
        var facts = cluster ?? throw new InvalidOperationException($"Without a cluster nothing is known of {workload}.");
        var kind = WorkloadKind.Of(workload.Kind) ?? throw new ArgumentException($"{workload} has no pod template that is known.", nameof(workload));
        var read = await kind.GetAsync(facts.Client, workload, cancellationToken).ConfigureAwait(false);
        if (!kind.CanBeChanged)
            return await DiagnoseAsync(Pod.FromUtf8(read.ToUtf8(), read.Server), cancellationToken).ConfigureAwait(false);
        var template = Manifest.Parse(new ManifestText(read.ToJson())).Documents[0].PodTemplates[0].Template with { Server = read.Server };
        var pod = await PodOwner.FindNewestPodAsync(facts, read, template, cancellationToken).ConfigureAwait(false);
        return await DiagnoseAsync(DiagnosisSubject.Of(template, options) with { Pod = pod }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Looks at a pod that has been injected by its metadata alone: what that says, and whether its leases are on record.
    /// Nothing is asked about this one pod, so that it may be one of very many.
    /// </summary>
    /// <param name="pod">The pod's metadata; no injection of it is pending.</param>
    /// <param name="cancellationToken">Stops.</param>
    internal Task<PodDiagnosis> DiagnoseInjectedAsync(ObjectMetadata pod, CancellationToken cancellationToken) =>
        DiagnoseAsync(DiagnosisSubject.Of(pod.ToTemplate(), options), ofCluster, cancellationToken);

    private Task<PodDiagnosis> DiagnoseAsync(DiagnosisSubject subject, CancellationToken cancellationToken) => DiagnoseAsync(subject, checks, cancellationToken);

    private static async Task<PodDiagnosis> DiagnoseAsync(DiagnosisSubject subject, IReadOnlyList<IDiagnosisCheck> checks, CancellationToken cancellationToken)
    {
        var chain = new List<DiagnosisStep> { AnnotationCheck.Check(subject) };
        foreach (var check in checks)
            chain.AddRange(await check.CheckAsync(subject, cancellationToken).ConfigureAwait(false));
        return new PodDiagnosis
        {
            Object = subject.Template.Object,
            Server = subject.Template.Server,
            Location = subject.Location,
            Injections = subject.Injections,
            Chain = chain.OrderBy(link => link.Step).ToArray(),
        };
    }

    /// <summary>What is found elsewhere is about what the manifest says, too: its findings get the place of their key.</summary>
    private static PodDiagnosis Located(PodDiagnosis diagnosis, ManifestPodTemplate template) => diagnosis.Chain.All(IsLocated) ? diagnosis : diagnosis with
    {
        Chain = [.. diagnosis.Chain.Select(link => IsLocated(link) ? link : link with
        {
            Findings = [.. link.Findings.Select(finding => finding.Location is null ? finding with { Location = template.LocationOf(finding.Key) } : finding)],
        })],
    };

    private static bool IsLocated(DiagnosisStep link) => link.Findings.All(finding => finding.Location is not null);
}
