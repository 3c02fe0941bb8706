using KubeInject.Annotations;
using KubeInject.Kubernetes;
using KubeInject.Leases;
using KubeInject.Manifests;

namespace KubeInject.Diagnosis;

/// <summary>Finds out whether pods get the credentials that they ask for, and if not, why not. Changes nothing anywhere.</summary>
public sealed class PodDiagnostician
{
    private readonly InjectionOptions options;
    private readonly IReadOnlyList<IDiagnosisCheck> checks;

    /// <summary>Prepares diagnoses by documents alone.</summary>
    /// <param name="options">What the operator has set of the annotation contract; default: nothing.</param>
    /// <param name="source">Where the credentials come from; null where that is not known (default).</param>
    public PodDiagnostician(InjectionOptions? options = null, CredentialSource? source = null)
    {
        this.options = options ?? InjectionOptions.Default;
        checks = [.. SourceChecks.Of(source)];
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

    private async Task<PodDiagnosis> DiagnoseAsync(DiagnosisSubject subject, CancellationToken cancellationToken)
    {
        var chain = new List<DiagnosisLink> { RequestCheck.Check(subject) };
        foreach (var check in checks)
            chain.AddRange(await check.CheckAsync(subject, cancellationToken).ConfigureAwait(false));
        return new PodDiagnosis
        {
            Object = subject.Template.Object,
            Location = subject.Location,
            Injections = subject.Injections,
            Chain = [.. chain.OrderBy(link => link.Step)],
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

    private static bool IsLocated(DiagnosisLink link) => link.Findings.All(finding => finding.Location is not null);
}
