using System.Runtime.CompilerServices;
using System.Text;
using KubeInject.Annotations;
using KubeInject.Leases;
using KubeInject.Manifests;

namespace KubeInject.Injection;

/// <summary>Injects credentials into the pod templates of manifests. The cmdlets and the program use this class.</summary>
public sealed class ManifestInjector
{
    private readonly CredentialSource source;
    private readonly DeliveryOptions delivery;
    private readonly SecretWriter? secrets;
    private readonly ManifestPlanner planner;

    /// <summary>Creates an injector.</summary>
    /// <param name="source">The source of the credentials. It needs a cluster if Secrets are created in the cluster.</param>
    /// <param name="options">The label key and the default mount path. Default: <see cref="InjectionOptions.Default"/>.</param>
    /// <param name="delivery">The delivery options. Default: <see cref="DeliveryOptions.Default"/>.</param>
    /// <exception cref="ArgumentException">The delivery creates Secrets in the cluster, but the source has no cluster.</exception>
    public ManifestInjector(CredentialSource source, InjectionOptions? options = null, DeliveryOptions? delivery = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        this.source = source;
        this.delivery = delivery ?? DeliveryOptions.Default;
        if (this.delivery is { Delivery: CredentialDelivery.Secret, SecretAsManifest: false })
        {
            secrets = source.Client is { } client
                ? new SecretWriter(client)
                : throw new ArgumentException("The delivery with Secrets requires a connection to the cluster in which the Secrets are created. Connect first, or write the Secrets as manifests.", nameof(source));
        }

        planner = new ManifestPlanner(source, options ?? InjectionOptions.Default, this.delivery, secrets);
    }

    /// <summary>Plans the injection of a manifest. Issues, records and writes nothing.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The plan, with one result per pod template. An invalid document does not affect other documents.</returns>
    public Task<ManifestPlan> PlanAsync(ManifestSource manifest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return planner.PlanAsync(manifest, cancellationToken);
    }

    /// <summary>Plans manifests in order. Plans the next manifests at the same time, limited by the number of processors.</summary>
    /// <param name="manifests">The manifests.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The plans, in the order of the manifests.</returns>
    public async IAsyncEnumerable<ManifestPlan> PlanAllAsync(IEnumerable<ManifestSource> manifests, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifests);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var underWay = new Queue<Task<ManifestPlan>>();
        try
        {
            foreach (var manifest in manifests)
            {
                underWay.Enqueue(Task.Run(() => planner.PlanAsync(manifest, stop.Token), stop.Token));
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
        ArgumentNullException.ThrowIfNull(output);
        if (await IsOutdatedAsync(plan, cancellationToken).ConfigureAwait(false))
            plan = await planner.PlanAsync(plan.Source, cancellationToken).ConfigureAwait(false);
        if (plan.Text is null)
            return plan.Result;

        // If all documents failed, nothing is written.
        if (plan.Documents.Count > 0 && !output.KeepsFailedDocuments && plan.Documents.All(document => document.Edits is null))
            return plan.Result;

        var issued = new CredentialTransaction(source);
        try
        {
            return plan.Result with { Pods = await WriteAsync(plan, plan.Text, output, issued, cancellationToken).ConfigureAwait(false) };
        }
        catch (Exception exception)
        {
            var left = await issued.RevokeAsync().ConfigureAwait(false);
            var error = ManifestFailure.Describe(plan.Source, exception);
            if (error is null && left is null)
                throw;
            error ??= ManifestFailure.Describe(plan.Source, exception.Message);
            return new ManifestResult { File = plan.Source.File, Error = left is null ? error : $"{error} {left}" };
        }
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

    private async Task<IReadOnlyList<InjectionResult>> WriteAsync(
        ManifestPlan plan, ManifestText text, ManifestOutput output, CredentialTransaction issued, CancellationToken cancellationToken)
    {
        using var pending = output.Prepare(plan.Source, text, isChanged: plan.Documents.Any(document => document.Edits is { Count: > 0 }));
        var pods = new List<InjectionResult>();
        var content = new StringBuilder();
        var secretManifests = new SecretManifests(text);
        foreach (var document in plan.Documents)
        {
            var (edited, results) = await InjectAsync(document, text.Content, issued, secretManifests, cancellationToken).ConfigureAwait(false);
            pods.AddRange(results);
            content.Append(edited ?? (output.KeepsFailedDocuments ? text.Content[document.Place] : null));
        }

        secretManifests.PutInFrontOf(content);
        if (content.Length > 0 || plan.Documents.Count == 0)
            await pending.WriteAsync(plan.Documents.Count == 0 ? text.Content : content.ToString(), cancellationToken).ConfigureAwait(false);
        return pods;
    }

    private async Task<(string? Edited, IEnumerable<InjectionResult> Results)> InjectAsync(
        PlannedDocument document, string content, CredentialTransaction issued, SecretManifests secretManifests, CancellationToken cancellationToken)
    {
        if (document.Edits is null)
            return (null, document.Results);

        var before = issued.Leases.Count;
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
                foreach (var (pod, leases) in document.Pods.Zip(credentials).Where(pair => pair.First.Secret is not null))
                    secretManifests.Add(pod.Secret!, leases);
            }

            return (edited, results);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            var left = await issued.RevokeAsync(kept: before).ConfigureAwait(false);
            return (null, document.Failed(exception, left).Results);
        }
    }
}
