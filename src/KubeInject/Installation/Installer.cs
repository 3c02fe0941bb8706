using System.Text.Json.Nodes;
using KubeInject.Http;
using KubeInject.Injection.Workloads;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.Installation;

/// <summary>Installs the webhook and the controller in a cluster, and uninstalls them.</summary>
/// <param name="client">The cluster.</param>
/// <param name="time">The clock. Default: the system clock.</param>
internal sealed class Installer(KubeObjectClient client, TimeProvider? time = null)
{
    /// <summary>The label of all objects of the installation. Its value is <see cref="InstallationOptions.DefaultName"/>.</summary>
    public const string NameLabel = "app.kubernetes.io/name";

    /// <summary>The label with the namespace of the installation to which an object belongs.</summary>
    public const string InstanceLabel = "app.kubernetes.io/instance";

    /// <summary>The Secret with the settings of <c>kubeinject serve</c>, which the user creates.</summary>
    public const string SettingsSecret = "kubeinject-settings";

    private const string SourceVariable = "KUBEINJECT_SOURCE";

    // Kubernetes 1.20 has only the beta version.
    private static readonly KubeResource OldBudgets = new("policy", "v1beta1", "poddisruptionbudgets", "PodDisruptionBudget");

    /// <summary>Checks whether everything can be installed, with a dry run on the server. Changes nothing.</summary>
    /// <param name="options">What to install.</param>
    /// <param name="force">Whether to accept another injector that selects the same pods and missing settings, and to overwrite fields that other field managers own.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <returns>The objects, in the order in which they are applied.</returns>
    /// <exception cref="InstallationException">Another injector selects the same pods, the source of the credentials is not specified, or another tool manages a field.</exception>
    /// <exception cref="KubeApiException">The API server refuses an object, for example because of a missing permission.</exception>
    public async Task<IReadOnlyList<InstallationObject>> PlanAsync(InstallationOptions options, bool force, CancellationToken cancellationToken)
    {
        if (!force && await InjectorConflict.FindAsync(client, options, cancellationToken).ConfigureAwait(false) is { } conflict)
            throw new InstallationException(conflict);
        if (!force && !options.Settings.ContainsKey(SourceVariable) && await FindAsync(KubeResource.Secrets, SettingsSecret, options.Namespace, cancellationToken).ConfigureAwait(false) is null)
        {
            throw new InstallationException(
                $"The source of the credentials is not specified. Specify the setting {SourceVariable}, or create the Secret {SettingsSecret} in the namespace {options.Namespace} with the settings as keys.");
        }

        var objects = await GetObjectsAsync(options, cancellationToken).ConfigureAwait(false);
        if (!force)
            await RequireNoOtherInstanceAsync(objects, options.Namespace, cancellationToken).ConfigureAwait(false);
        var hasNamespace = await FindAsync(KubeResource.Namespaces, options.Namespace, null, cancellationToken).ConfigureAwait(false) is not null;
        foreach (var item in objects.Where(item => hasNamespace || !item.Resource.IsNamespaced))
            await PatchAsync(item, force, dryRun: true, cancellationToken).ConfigureAwait(false);
        return objects;
    }

    /// <summary>Creates or changes planned objects with server-side apply.</summary>
    /// <param name="objects">The objects.</param>
    /// <param name="force">Whether to overwrite fields that other field managers own.</param>
    /// <param name="progress">Receives each object after it was applied. Can be null.</param>
    /// <param name="cancellationToken">Cancels the installation. A repeated installation continues.</param>
    /// <returns>The objects, in the same order.</returns>
    /// <exception cref="InstallationException">Another tool manages a field. Previous objects are applied.</exception>
    /// <exception cref="KubeApiException">The API server refuses an object. Previous objects are applied.</exception>
    public async Task<IReadOnlyList<InstalledObject>> ApplyAsync(
        IReadOnlyList<InstallationObject> objects, bool force, IProgress<InstalledObject>? progress, CancellationToken cancellationToken)
    {
        var applied = new List<InstalledObject>();
        foreach (var item in objects)
        {
            var before = await OrNull(client.GetAsync(item.Resource, item.Reference.Name, item.Reference.Namespace, cancellationToken)).ConfigureAwait(false);
            var after = await PatchAsync(item, force, dryRun: false, cancellationToken).ConfigureAwait(false);
            var result = before is null ? InstallationResult.Created : JsonNode.DeepEquals(ContentOf(before), ContentOf(after)) ? InstallationResult.Unchanged : InstallationResult.Changed;
            applied.Add(new InstalledObject(item.Reference, result));
            progress?.Report(applied[^1]);
        }

        return applied;
    }

    /// <summary>Waits until all pods of the installation are ready. They are ready when the API server can call the webhook.</summary>
    /// <exception cref="RolloutException">The pods were not ready in time.</exception>
    public Task<RolloutStatus> WaitAsync(string @namespace, TimeSpan timeout, IProgress<RolloutStatus>? progress, CancellationToken cancellationToken) =>
        new Rollout(client, time).WaitAsync(DeploymentOf(@namespace), timeout, progress, cancellationToken);

    /// <summary>Deletes the objects of the installation. The namespace and its Secrets are kept, because lease records can be among them.</summary>
    /// <param name="namespace">The namespace of the installation.</param>
    /// <param name="progress">Receives each object. Can be null.</param>
    /// <param name="cancellationToken">Cancels the deletion.</param>
    /// <returns>The objects that existed, the webhook first. Those that do not belong to this installation are kept.</returns>
    public async Task<IReadOnlyList<InstalledObject>> UninstallAsync(string @namespace, IProgress<InstalledObject>? progress, CancellationToken cancellationToken)
    {
        var results = new List<InstalledObject>();
        foreach (var item in (await GetObjectsAsync(new InstallationOptions { Namespace = @namespace }, cancellationToken).ConfigureAwait(false)).Reverse())
        {
            if (await FindAsync(item.Resource, item.Reference.Name, item.Reference.Namespace, cancellationToken).ConfigureAwait(false) is not { } found)
                continue;
            var isDeleted = InstanceOf(found) == @namespace && item.Resource != KubeResource.Namespaces;
            if (isDeleted)
                await DeleteAsync(item, found, cancellationToken).ConfigureAwait(false);
            results.Add(new InstalledObject(item.Reference, isDeleted ? InstallationResult.Deleted : InstallationResult.Kept));
            progress?.Report(results[^1]);
        }

        return results;
    }

    /// <summary>Describes the lease records that remain in a namespace after the controller was deleted, with the remedy. Null if there are none.</summary>
    public async Task<string?> DescribeRemainingLeasesAsync(string @namespace, CancellationToken cancellationToken)
    {
        var count = 0;
        var query = new KubeQuery { Namespace = @namespace, FieldSelector = $"type={KubeLeaseStore.SecretType}" };
        try
        {
            await foreach (var _ in client.ListMetadataAsync(KubeResource.Secrets, query, cancellationToken).ConfigureAwait(false))
                count++;
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.Forbidden)
        {
            return Describe($"The namespace {@namespace} might have lease records: you have no permission to list its Secrets.");
        }

        return count == 0 ? null : Describe($"The namespace {@namespace} has {count} lease {(count == 1 ? "record" : "records")}.");

        static string Describe(string records) =>
            $"{records} The credentials of these leases are no longer renewed, and no longer revoked when their pods are deleted. "
            + "Install KubeInject again, run Sync-CredentialLease or 'kubeinject sync' regularly, or revoke the leases with Revoke-CredentialLease.";
    }

    /// <summary>The Deployment of the installation.</summary>
    public static ObjectReference DeploymentOf(string @namespace) => new(KubeResource.Deployments.Kind, @namespace, InstallationOptions.DefaultName);

    // Objects without a namespace have the same names in each installation.
    private async Task RequireNoOtherInstanceAsync(IReadOnlyList<InstallationObject> objects, string @namespace, CancellationToken cancellationToken)
    {
        foreach (var item in objects.Where(item => !item.Resource.IsNamespaced && item.Resource != KubeResource.Namespaces))
        {
            if (await FindAsync(item.Resource, item.Reference.Name, null, cancellationToken).ConfigureAwait(false) is { } found && InstanceOf(found) is { } other && other != @namespace)
                throw new InstallationException($"KubeInject is already installed in the namespace {other}. Install to that namespace, or uninstall it first.");
        }
    }

    /// <summary>Returns the namespace of the installation to which an object belongs. Null if it is not part of one.</summary>
    private static string? InstanceOf(KubeObject found)
    {
        var labels = found.ToElement().Get("metadata").Get("labels");
        return labels.Text(NameLabel) == InstallationOptions.DefaultName ? labels.Text(InstanceLabel) : null;
    }

    private async Task<IReadOnlyList<InstallationObject>> GetObjectsAsync(InstallationOptions options, CancellationToken cancellationToken)
    {
        var objects = InstallationManifests.GetObjects(options);
        var budget = objects.Single(item => item.Resource.Kind == OldBudgets.Kind);
        if (await new ApiDiscovery(client).ServesAsync(budget.Resource, cancellationToken).ConfigureAwait(false))
            return objects;
        return [.. objects.Select(item => item != budget ? item
            : item with { Resource = OldBudgets, Document = item.Document.Replace($"apiVersion: {item.Resource.ApiVersion}", $"apiVersion: {OldBudgets.ApiVersion}", StringComparison.Ordinal) })];
    }

    private async Task<KubeObject> PatchAsync(InstallationObject item, bool force, bool dryRun, CancellationToken cancellationToken)
    {
        try
        {
            return await client.PatchAsync(
                item.Resource, item.Reference.Name, KubePatch.Apply(item.Document, force), item.Reference.Namespace, new KubeWriteOptions { DryRun = dryRun }, cancellationToken).ConfigureAwait(false);
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.Conflict)
        {
            throw new InstallationException($"Another tool manages a part of {item.Reference}, which the installation would change: {exception.Message}");
        }
        catch (KubeApiException exception)
        {
            throw new KubeApiException(exception.StatusCode, exception.Reason, $"{item.Reference}: {exception.Message}");
        }
    }

    private async Task DeleteAsync(InstallationObject item, KubeObject found, CancellationToken cancellationToken)
    {
        try
        {
            var options = new KubeDeleteOptions { Uid = found.Uid, Propagation = PropagationPolicy.Background };
            await client.DeleteAsync(item.Resource, item.Reference.Name, item.Reference.Namespace, options, cancellationToken).ConfigureAwait(false);
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.NotFound)
        {
            // Deleted in the meantime.
        }
    }

    // Without what controllers and the server write. Kubernetes 1.20 changes managedFields even if nothing else changes.
    private static JsonObject ContentOf(KubeObject found)
    {
        var document = JsonNode.Parse(found.ToUtf8().Span)!.AsObject();
        document.Remove("status");
        var metadata = document["metadata"]!.AsObject();
        metadata.Remove("managedFields");
        metadata.Remove("resourceVersion");
        return document;
    }

    private Task<KubeObject?> FindAsync(KubeResource resource, string name, string? @namespace, CancellationToken cancellationToken) =>
        OrNull(client.GetMetadataAsync(resource, name, @namespace, cancellationToken));

    private static async Task<KubeObject?> OrNull(Task<KubeObject> request)
    {
        try
        {
            return await request.ConfigureAwait(false);
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.NotFound)
        {
            return null;
        }
    }
}
