using System.Text;
using KubeInject.Annotations;
using KubeInject.Kubernetes;
using KubeInject.Leases;
using KubeInject.Manifests;
using KubeInject.Manifests.Editing;

namespace KubeInject.Injection;

/// <summary>Injects credentials into the pod templates of manifests. Both faces, cmdlet and program, go through here.</summary>
public sealed class ManifestInjector
{
    private readonly CredentialSource source;
    private readonly InjectionOptions options;
    private readonly DeliveryOptions delivery;
    private readonly SecretWriter? secrets;

    /// <summary>Prepares injections.</summary>
    /// <param name="source">Where the credentials come from; with a cluster where Secrets are to go there.</param>
    /// <param name="options">What the operator has set of the annotation contract; default: nothing.</param>
    /// <param name="delivery">How the pods get their credentials; default: as values.</param>
    /// <exception cref="ArgumentException">Secrets are to be created, and the source has no cluster to create them in.</exception>
    public ManifestInjector(CredentialSource source, InjectionOptions? options = null, DeliveryOptions? delivery = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        this.source = source;
        this.options = options ?? InjectionOptions.Default;
        this.delivery = delivery ?? DeliveryOptions.Default;
        if (this.delivery is { Delivery: CredentialDelivery.Secret, SecretAsManifest: false })
        {
            secrets = source.Client is { } client
                ? new SecretWriter(client)
                : throw new ArgumentException("Delivery in Secrets needs a connection to the cluster that they are created in. Connect first, or have them given out as manifests.", nameof(source));
        }
    }

    /// <summary>Tells what an injection would do. Issues nothing, records nothing, writes nothing.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>One result per pod template; a bad document never stops the others.</returns>
    public async Task<ManifestResult> PlanAsync(ManifestSource manifest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return await AttemptAsync(manifest, async () =>
        {
            var text = await manifest.ReadAsync(cancellationToken).ConfigureAwait(false);
            var pods = new List<InjectionResult>();
            foreach (var document in Manifest.Parse(text).Documents)
                pods.AddRange((await PlanDocumentAsync(document, cancellationToken).ConfigureAwait(false)).Select(pod => pod.Result));
            return pods;
        }).ConfigureAwait(false);
    }

    /// <summary>
    /// Injects a manifest: issues what its pods ask for, edits their documents, and writes the result. Where a document
    /// cannot be completed, or the result cannot be written, what was issued for it is revoked.
    /// </summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="output">Takes the text; unchanged where no pod asks for anything.</param>
    /// <param name="cancellationToken">Stops; what was not written by then is revoked.</param>
    /// <returns>One result per pod template; a bad document never stops the others.</returns>
    public async Task<ManifestResult> InjectAsync(ManifestSource manifest, ManifestOutput output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(output);
        return await AttemptAsync(manifest, async () =>
        {
            var text = await manifest.ReadAsync(cancellationToken).ConfigureAwait(false);
            return await InjectAsync(manifest, text, output, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    private static async Task<ManifestResult> AttemptAsync(ManifestSource manifest, Func<Task<IReadOnlyList<InjectionResult>>> attempt)
    {
        try
        {
            return new ManifestResult { File = manifest.File, Pods = await attempt().ConfigureAwait(false) };
        }
        catch (Exception exception) when (ManifestFailure.Describe(manifest, exception) is { } error)
        {
            return new ManifestResult { File = manifest.File, Error = error };
        }
    }

    private async Task<IReadOnlyList<InjectionResult>> InjectAsync(
        ManifestSource manifest, ManifestText text, ManifestOutput output, CancellationToken cancellationToken)
    {
        var issued = new IssuedCredentials(source);
        try
        {
            var pods = new List<InjectionResult>();
            var content = new StringBuilder();
            var secretManifests = new SecretManifests(text);
            var documents = Manifest.Parse(text).Documents;
            foreach (var document in documents)
            {
                var (edited, results) = await InjectDocumentAsync(document, issued, secretManifests, cancellationToken).ConfigureAwait(false);
                pods.AddRange(results);
                content.Append(edited ?? (output.KeepsFailedDocuments ? document.Text : null));
            }

            secretManifests.PutInFrontOf(content);

            // Nothing at all comes of a manifest whose documents all failed.
            if (content.Length > 0 || documents.Count == 0)
                await output.WriteAsync(manifest, text, documents.Count == 0 ? text.Content : content.ToString(), cancellationToken).ConfigureAwait(false);
            return pods;
        }
        catch (Exception exception)
        {
            if (await issued.RevokeAsync().ConfigureAwait(false) is { } left)
                throw new IOException($"{exception.Message} {left}", exception);
            throw;
        }
    }

    private async Task<List<PlannedPod>> PlanDocumentAsync(ManifestDocument document, CancellationToken cancellationToken)
    {
        var pods = document.PodTemplates.Select(template => PlannedPod.Read(
            template, options, delivery.Delivery, delivery.SecretAsManifest ? null : source.Client?.Namespace)).ToList();
        if (pods.Exists(pod => pod.Result.Status == InjectionStatus.Failed))
            return [.. pods.Select(Abandoned)];

        try
        {
            ManifestEditor.Apply(document, [.. pods.SelectMany(pod => pod.TrialChanges())]);
            if (delivery is { Delivery: CredentialDelivery.Secret, SecretAsManifest: true } && pods.Exists(pod => pod.IsPlanned))
                SecretManifests.Check(document);
            foreach (var pod in pods)
                await (secrets?.TryAsync(pod, cancellationToken) ?? Task.CompletedTask).ConfigureAwait(false);
            return pods;
        }
        catch (Exception exception) when (exception is ManifestException or KubeApiException or KubeConnectionException)
        {
            return Failed(pods, exception);
        }
    }

    private async Task<(string? Edited, IEnumerable<InjectionResult> Results)> InjectDocumentAsync(
        ManifestDocument document, IssuedCredentials all, SecretManifests secretManifests, CancellationToken cancellationToken)
    {
        // A dry run first: what cannot work is found out before anything is issued.
        var pods = await PlanDocumentAsync(document, cancellationToken).ConfigureAwait(false);
        if (pods.Exists(pod => pod.Result.Status == InjectionStatus.Failed))
            return (null, pods.Select(pod => pod.Result));

        var issued = new IssuedCredentials(source);
        try
        {
            var changes = new List<ManifestChange>();
            var results = new List<InjectionResult>();
            var manifests = new List<(DeliverySecret Secret, IReadOnlyList<IssuedLease> Credentials)>();
            foreach (var pod in pods)
            {
                var credentials = await issued.IssueAsync(pod, secrets, cancellationToken).ConfigureAwait(false);
                changes.AddRange(pod.Changes(credentials));
                results.Add(pod.Completed(credentials));
                if (delivery.SecretAsManifest && pod.Delivery?.Secret is { } secret)
                    manifests.Add((secret, credentials));
            }

            var edited = ManifestEditor.Apply(document, changes);
            foreach (var (secret, credentials) in manifests)
                secretManifests.Add(secret, credentials);
            all.TakeOver(issued);
            return (edited, results.Select(result => result.Status == InjectionStatus.Injected ? result with { Manifest = new Secret(edited) } : result));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            var left = await issued.RevokeAsync().ConfigureAwait(false);
            return (null, Failed(pods, exception, left).Select(pod => pod.Result));
        }
        catch
        {
            all.TakeOver(issued);
            throw;
        }
    }

    private static List<PlannedPod> Failed(List<PlannedPod> pods, Exception exception, string? left = null) => [.. pods.Select(pod =>
        pod.Failed($"{(exception is ManifestException ? "" : $"{pod.Result.Place}: ")}{exception.Message}{(left is null ? "" : " " + left)}"))];

    private static PlannedPod Abandoned(PlannedPod pod) =>
        pod.Failed($"{pod.Result.Place}: Not injected, because another object of the same document cannot be. Mend that one and try again.");
}
