using KubeInject.Annotations;
using KubeInject.Kubernetes;
using KubeInject.Manifests;

namespace KubeInject.Diagnosis;

/// <summary>Finds out whether pods get the credentials that they ask for, and if not, why not. Changes nothing anywhere.</summary>
public sealed class PodDiagnostician
{
    private readonly InjectionOptions options;
    private readonly IReadOnlyList<IDiagnosisCheck> checks;

    /// <summary>Prepares diagnoses by documents alone.</summary>
    /// <param name="options">What the operator has set of the annotation contract; default: nothing.</param>
    public PodDiagnostician(InjectionOptions? options = null)
    {
        this.options = options ?? InjectionOptions.Default;
        checks = [];
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
            diagnoses.Add(await DiagnoseAsync(DiagnosisSubject.Of(template, options), cancellationToken).ConfigureAwait(false));
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
}
