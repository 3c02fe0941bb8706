using KubeInject.Http;
using KubeInject.Injection.Workloads;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Diagnosis.Cluster;

/// <summary>Queries a cluster and caches the answers. Failed requests are answers with a problem, not exceptions.</summary>
internal sealed class ClusterCache(KubeObjectClient client)
{
    private static readonly KubeResource WebhookConfigurations =
        new("admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations", "MutatingWebhookConfiguration", IsNamespaced: false);

    private readonly Dictionary<string, object> answers = new(StringComparer.Ordinal);

    public KubeObjectClient Client => client;

    /// <summary>All mutating webhooks of the cluster.</summary>
    public async Task<ClusterAnswer<IReadOnlyList<MutatingWebhook>>> WebhooksAsync(CancellationToken cancellationToken) => await OnceAsync("webhooks", async () =>
    {
        var configurations = await ListAsync(WebhookConfigurations, new KubeQuery(), cancellationToken).ConfigureAwait(false);
        return new ClusterAnswer<IReadOnlyList<MutatingWebhook>>(configurations.Value?.SelectMany(MutatingWebhook.Read).ToArray(), configurations.Problem);
    }).ConfigureAwait(false);

    /// <summary>Gets one object.</summary>
    public Task<ClusterAnswer<KubeObject>> GetAsync(KubeResource resource, string name, string? @namespace, CancellationToken cancellationToken) =>
        OnceAsync($"get {resource.Plural}.{resource.Group} {@namespace}/{name}", () => QueryAsync(
            "get", resource, @namespace, () => WorkloadKind.Of(resource.Kind) is { } kind
                ? kind.GetAsync(client, new ObjectReference(resource.Kind, @namespace, name), cancellationToken)
                : client.GetAsync(resource, name, @namespace, cancellationToken)));

    /// <summary>Gets the labels of a namespace.</summary>
    public async Task<ClusterAnswer<IReadOnlyDictionary<string, string>>> NamespaceLabelsAsync(string name, CancellationToken cancellationToken)
    {
        var (found, problem) = await GetAsync(KubeResource.Namespaces, name, null, cancellationToken).ConfigureAwait(false);

        // Every namespace has this label since Kubernetes 1.21. (https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name)
        return new(found is null ? null : new Dictionary<string, string>(found.ToElement().Get("metadata").Get("labels").Texts()) { [MutatingWebhook.NamespaceNameLabel] = name }, problem);
    }

    /// <summary>Lists all objects that a query selects.</summary>
    public Task<ClusterAnswer<IReadOnlyList<KubeObject>>> ListAsync(KubeResource resource, KubeQuery query, CancellationToken cancellationToken) =>
        OnceAsync($"list {resource.Plural}.{resource.Group} {query.Namespace} {query.LabelSelector} {query.FieldSelector}", () => QueryAsync<IReadOnlyList<KubeObject>>(
            "list", resource, query.Namespace, async () =>
            {
                var objects = new List<KubeObject>();
                await foreach (var found in client.ListAsync(resource, query, cancellationToken).ConfigureAwait(false))
                    objects.Add(found);
                return objects;
            }));

    /// <summary>Sends a request, and describes in one sentence why it failed.</summary>
    public static async Task<ClusterAnswer<T>> QueryAsync<T>(string verb, KubeResource resource, string? @namespace, Func<Task<T>> send)
        where T : class
    {
        try
        {
            return new ClusterAnswer<T>(await send().ConfigureAwait(false));
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.NotFound)
        {
            return new ClusterAnswer<T>(null);
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.Forbidden)
        {
            return new ClusterAnswer<T>(null, MissingPermission(verb, resource, @namespace));
        }
        catch (Exception exception) when (exception is KubeApiException or KubeConnectionException)
        {
            return new ClusterAnswer<T>(null, $"{resource.Plural} could not be read: {exception.Message.TrimEnd('.')}.");
        }
    }

    public static string MissingPermission(string verb, KubeResource resource, string? @namespace, string? subresource = null) =>
        $"The permission to {verb} {resource.Plural}{(subresource is null ? "" : $"/{subresource}")}{(resource.Group.Length == 0 ? "" : $".{resource.Group}")}"
        + $"{(resource.IsNamespaced && @namespace is not null ? $" in the namespace {@namespace}" : " in the cluster")} is missing.";

    private async Task<T> OnceAsync<T>(string key, Func<Task<T>> send)
        where T : class
    {
        if (answers.TryGetValue(key, out var answer))
            return (T)answer;
        var result = await send().ConfigureAwait(false);
        answers[key] = result;
        return result;
    }
}
