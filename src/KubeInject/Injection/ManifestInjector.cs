using System.Runtime.CompilerServices;
using System.Text;
using KubeInject.Annotations;
using KubeInject.Kubernetes.Errors;
using KubeInject.Leases;
using KubeInject.Manifests;
using KubeInject.Manifests.Editing;

namespace KubeInject.Injection;

/// <summary>Injects credentials into the pod templates of manifests. The cmdlets and the program use this class.</summary>
public sealed class ManifestInjector
{
    private readonly CredentialSource source;
    private readonly InjectionOptions options;
    private readonly DeliveryOptions delivery;
    private readonly SecretWriter? secrets;

    /// <summary>Creates an injector.</summary>
    /// <param name="source">The source of the credentials. It needs a cluster if Secrets are created in the cluster.</param>
    /// <param name="options">The label key and the default mount path. Default: <see cref="InjectionOptions.Default"/>.</param>
    /// <param name="delivery">The delivery options. Default: <see cref="DeliveryOptions.Default"/>.</param>
    /// <exception cref="ArgumentException">The delivery creates Secrets in the cluster, but the source has no cluster.</exception>
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
                : throw new ArgumentException("The delivery with Secrets requires a connection to the cluster in which the Secrets are created. Connect first, or write the Secrets as manifests.", nameof(source));
        }
    }

    /// <summary>Plans the injection of a manifest. Issues, records and writes nothing.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The plan, with one result per pod template. An invalid document does not affect other documents.</returns>
    public async Task<ManifestPlan> PlanAsync(ManifestSource manifest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        try
        {
            return await PlanAsync(manifest, await manifest.ReadAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (ManifestFailure.Describe(manifest, exception) is { } error)
        {
            return new ManifestPlan(manifest, new ManifestResult { File = manifest.File, Error = error });
        }
    }

    /// <summary>Plans manifests in order. Plans the next manifests at the same time, limited by the number of processors.</summary>
    /// <param name="manifests">The manifests.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The plans, in the order of the manifests.</returns>
    public async IAsyncEnumerable<ManifestPlan> PlanAsync(IEnumerable<ManifestSource> manifests, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifests);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var underWay = new Queue<Task<ManifestPlan>>();
        try
        {
            foreach (var manifest in manifests)
            {
                underWay.Enqueue(Task.Run(() => PlanAsync(manifest, stop.Token), stop.Token));
                if (underWay.Count > Environment.ProcessorCount)
                    yield return await underWay.Dequeue().ConfigureAwait(false);
            }

            while (underWay.TryDequeue(out var next))
                yield return await next.ConfigureAwait(false);
        }
        finally
        {
            // If the caller stops the enumeration, the running plans are canceled.
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(underWay).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).ConfigureAwait(false);
        }
    }

    /// <summary>Plans and injects a manifest.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="output">The destination. The text is unchanged if no pod requests credentials.</param>
    /// <param name="cancellationToken">Cancels the operation. Credentials that are not written yet are revoked.</param>
    /// <returns>One result per pod template. An invalid document does not affect other documents.</returns>
    public async Task<ManifestResult> InjectAsync(ManifestSource manifest, ManifestOutput output, CancellationToken cancellationToken) =>
        await InjectPlannedAsync(await PlanAsync(manifest, cancellationToken).ConfigureAwait(false), output, cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// Injects a manifest: issues the requested credentials, adds them to the documents, and writes the result. If a document
    /// cannot be completed or the result cannot be written, its credentials are revoked.
    /// </summary>
    /// <param name="plan">The plan. If the file changed after planning, it is read and planned again.</param>
    /// <param name="output">The destination. The text is unchanged if no pod requests credentials.</param>
    /// <param name="cancellationToken">Cancels the operation. Credentials that are not written yet are revoked.</param>
    /// <returns>One result per pod template. An invalid document does not affect other documents.</returns>
    public async Task<ManifestResult> InjectAsync(ManifestPlan plan, ManifestOutput output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return await InjectPlannedAsync(await IsOutdatedAsync(plan, cancellationToken).ConfigureAwait(false)
            ? await PlanAsync(plan.Source, cancellationToken).ConfigureAwait(false)
            : plan, output, cancellationToken).ConfigureAwait(false);
    }

    // The file can change between planning and injection, for example if it was specified twice.
    private static async Task<bool> IsOutdatedAsync(ManifestPlan plan, CancellationToken cancellationToken)
    {
        if (plan.Source.File is null)
            return false;
        try
        {
            return plan.Text?.Content != (await plan.Source.ReadAsync(cancellationToken).ConfigureAwait(false)).Content;
        }
        catch (Exception exception) when (ManifestFailure.Describe(plan.Source, exception) is not null)
        {
            return true;
        }
    }

    private async Task<ManifestResult> InjectPlannedAsync(ManifestPlan plan, ManifestOutput output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (plan.Text is null)
            return plan.Result;
        try
        {
            return plan.Result with { Pods = await InjectAsync(plan, plan.Text, output, cancellationToken).ConfigureAwait(false) };
        }
        catch (Exception exception) when (ManifestFailure.Describe(plan.Source, exception) is { } error)
        {
            return new ManifestResult { File = plan.Source.File, Error = error };
        }
    }

    private async Task<IReadOnlyList<InjectionResult>> InjectAsync(ManifestPlan plan, ManifestText text, ManifestOutput output, CancellationToken cancellationToken)
    {
        // If all documents failed, nothing is written.
        if (plan.Documents.Count > 0 && !output.KeepsFailedDocuments && plan.Documents.All(document => document.Edits is null))
            return [.. plan.Documents.SelectMany(document => document.Results)];

        using var pending = output.Prepare(plan.Source, text, isChanged: plan.Documents.Any(document => document.Edits is { Count: > 0 }));
        var issued = new CredentialTransaction(source);
        try
        {
            var pods = new List<InjectionResult>();
            var content = new StringBuilder();
            var secretManifests = new SecretManifests(text);
            foreach (var document in plan.Documents)
            {
                var (edited, results) = await InjectAsync(text.Content, document, issued, secretManifests, cancellationToken).ConfigureAwait(false);
                pods.AddRange(results);
                content.Append(edited ?? (output.KeepsFailedDocuments ? text.Content[document.Place] : null));
            }

            secretManifests.PutInFrontOf(content);
            if (content.Length > 0 || plan.Documents.Count == 0)
                await pending.WriteAsync(plan.Documents.Count == 0 ? text.Content : content.ToString(), cancellationToken).ConfigureAwait(false);
            return pods;
        }
        catch (Exception exception)
        {
            if (await issued.RevokeAsync().ConfigureAwait(false) is { } left)
                throw new IOException($"{exception.Message} {left}", exception);
            throw;
        }
    }

    private async Task<ManifestPlan> PlanAsync(ManifestSource manifest, ManifestText text, CancellationToken cancellationToken)
    {
        var documents = Manifest.Read(text, document =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Plan(document);
        });
        if (secrets is not null)
        {
            for (var i = 0; i < documents.Count; i++)
                documents[i] = await DryRunAsync(documents[i], secrets, cancellationToken).ConfigureAwait(false);
        }

        var result = new ManifestResult { File = manifest.File, Pods = documents.SelectMany(document => document.Results).ToArray() };
        return new ManifestPlan(manifest, result, text, documents);
    }

    private PlannedDocument Plan(ManifestDocument document)
    {
        List<PlannedPod> pods = [.. document.PodTemplates.Select(template => PlannedPod.Read(
            template, options, delivery.Delivery, delivery.SecretAsManifest ? null : source.Client?.Namespace))];
        if (pods.Exists(pod => pod.Result.Status == InjectionStatus.Failed))
            return PlannedDocument.Failed(document.Place, [.. pods.Select(Abandoned)]);

        try
        {
            PodPlaceholders[] placeholders = [.. pods.Select(pod => new PodPlaceholders(pod))];
            var edits = ManifestEditor.EditsFor(document, [.. placeholders.Zip(document.PodTemplates).SelectMany(pod => pod.First.Changes(pod.Second))]);
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

    private async Task<(string? Edited, IEnumerable<InjectionResult> Results)> InjectAsync(
        string content, PlannedDocument document, CredentialTransaction all, SecretManifests secretManifests, CancellationToken cancellationToken)
    {
        if (document.Edits is null)
            return (null, document.Results);

        var issued = new CredentialTransaction(source);
        try
        {
            var credentials = new List<IReadOnlyList<IssuedLease>>();
            foreach (var pod in document.Pods)
                credentials.Add(await issued.IssueAsync(pod, secrets, cancellationToken).ConfigureAwait(false));

            var edited = document.Fill(content, credentials);
            var results = document.Pods.Zip(credentials, (pod, leases) => pod.Completed(leases))
                .Select(result => result.Status == InjectionStatus.Injected ? result with { Manifest = new SensitiveString(edited) } : result).ToArray();
            if (delivery.SecretAsManifest)
            {
                foreach (var (pod, leases) in document.Pods.Zip(credentials).Where(pair => pair.First.Delivery?.Secret is not null))
                    secretManifests.Add(pod.Delivery!.Secret!, leases);
            }

            all.Merge(issued);
            return (edited, results);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            var left = await issued.RevokeAsync().ConfigureAwait(false);
            return (null, document.Failed(exception, left).Results);
        }
        catch
        {
            all.Merge(issued);
            throw;
        }
    }

    private static PlannedPod Abandoned(PlannedPod pod) =>
        pod.Failed($"{pod.Result.Place}: Not injected, because another object of the same document cannot be injected. Fix that object and try again.");
}
