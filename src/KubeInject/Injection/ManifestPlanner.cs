using KubeInject.Annotations;
using KubeInject.Kubernetes.Errors;
using KubeInject.Leases;
using KubeInject.Manifests;
using KubeInject.Manifests.Editing;

namespace KubeInject.Injection;

/// <summary>Plans the injection of manifests. Issues, records and writes nothing.</summary>
internal sealed class ManifestPlanner(CredentialSource source, InjectionOptions options, DeliveryOptions delivery, SecretWriter? secrets)
{
    private readonly string? defaultNamespace = delivery.SecretAsManifest ? null : source.Client?.Namespace;

    /// <summary>Reads a manifest and plans its injection. An invalid document does not affect other documents.</summary>
    public async Task<ManifestPlan> PlanAsync(ManifestSource manifest, CancellationToken cancellationToken)
    {
        try
        {
            var text = await manifest.ReadAsync(cancellationToken).ConfigureAwait(false);
            var documents = Manifest.Read(text, document =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                return Plan(document);
            });
            for (var i = 0; secrets is not null && i < documents.Count; i++)
                documents[i] = await DryRunAsync(documents[i], secrets, cancellationToken).ConfigureAwait(false);

            var result = new ManifestResult
            {
                File = manifest.File,
                Pods = documents.SelectMany(document => document.Results).ToArray(),
                DocumentErrors = documents.Select(document => document.Error).OfType<string>().ToArray(),
            };
            return new ManifestPlan(manifest, result, text, documents);
        }
        catch (Exception exception) when (ManifestFailure.Describe(manifest, exception) is { } error)
        {
            return new ManifestPlan(manifest, new ManifestResult { File = manifest.File, Error = error });
        }
    }

    private PlannedDocument Plan(ManifestDocument document)
    {
        if (document.Error is { } error)
            return PlannedDocument.Failed(document.Place, []) with { Error = error.Message };

        List<PlannedPod> pods = [.. document.PodTemplates.Select(template => PlannedPod.Read(template, options, delivery.Delivery, defaultNamespace))];
        if (pods.Exists(pod => pod.Result.Status == InjectionStatus.Failed))
            return PlannedDocument.Failed(document.Place, [.. pods.Select(Abandoned)]);

        try
        {
            List<PodValues> placeholders = [.. pods.Select(PodValues.Placeholders)];
            var edits = ManifestEditor.GetEdits(document, [.. document.PodTemplates.Zip(pods, placeholders).SelectMany(pod => PodRenderer.Render(pod.First, pod.Second, pod.Third))]);
            if (delivery is { Delivery: CredentialDelivery.Secret, SecretAsManifest: true } && pods.Exists(pod => pod.IsPlanned))
                SecretManifests.Check(document);
            return new PlannedDocument(document.Place, pods, edits, placeholders);
        }
        catch (ManifestException exception)
        {
            return PlannedDocument.Failed(document.Place, pods).Failed(exception);
        }
    }

    private static async Task<PlannedDocument> DryRunAsync(PlannedDocument document, SecretWriter secrets, CancellationToken cancellationToken)
    {
        if (document.Edits is null)
            return document;
        try
        {
            foreach (var pod in document.Pods)
                await secrets.DryRunAsync(pod, cancellationToken).ConfigureAwait(false);
            return document;
        }
        catch (Exception exception) when (exception is KubeApiException or KubeConnectionException)
        {
            return document.Failed(exception);
        }
    }

    private static PlannedPod Abandoned(PlannedPod pod) =>
        pod.Failed($"{pod.Result.Place}: Not injected, because another object of the same document cannot be injected. Fix that object and try again.");
}
