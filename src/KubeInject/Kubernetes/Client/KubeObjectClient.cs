using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeInject.Http;
using KubeInject.Kubernetes.Client.Metadata;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Kubernetes.Client;

/// <summary>Reads, watches and writes objects of any resource over a connection.</summary>
/// <remarks>
/// <para>A null namespace means the namespace of the connection. Cluster-scoped objects ignore the namespace.</para>
/// <para>
/// Each operation throws <see cref="KubeApiException"/> if the server returns an error, and
/// <see cref="KubeConnectionException"/> if there is no response or the response is not valid. Before that, it retries
/// repeatable requests several times if the server is busy or the connection was interrupted.
/// </para>
/// </remarks>
internal sealed class KubeObjectClient
{
    private readonly ApiChannel channel;
    private readonly string defaultNamespace;
    private string? clusterUid;

    internal KubeObjectClient(ApiChannel channel, string defaultNamespace)
    {
        this.channel = channel;
        this.defaultNamespace = defaultNamespace;
    }

    /// <summary>The namespace of the connection.</summary>
    internal string Namespace => defaultNamespace;

    /// <summary>The API server.</summary>
    internal Uri Server => channel.Failures.Server;

    /// <summary>The current time of the API server; the time of this machine if the responses have no date.</summary>
    internal DateTimeOffset ServerTime => channel.Clock.Now ?? channel.Policy.Clock.GetUtcNow();

    /// <summary>The UID of the cluster (of the namespace <c>kube-system</c>); null until it was read.</summary>
    internal string? ClusterUid => clusterUid;

    /// <summary>Reads one object.</summary>
    /// <param name="resource">The resource of the object.</param>
    /// <param name="name">The name of the object.</param>
    /// <param name="namespace">The namespace of the object; null for the namespace of the connection.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The object.</returns>
    public Task<KubeObject> GetAsync(KubeResource resource, string name, string? @namespace = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return SendAsync(ApiRequest.Get(resource.ObjectPath(name, @namespace ?? defaultNamespace)), resource, cancellationToken);
    }

    /// <summary>Reads the metadata of one object. Of a Secret, the response does not contain the data.</summary>
    /// <param name="resource">The resource of the object.</param>
    /// <param name="name">The name of the object.</param>
    /// <param name="namespace">The namespace of the object; null for the namespace of the connection.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>An object with metadata only.</returns>
    internal Task<KubeObject> GetMetadataAsync(KubeResource resource, string name, string? @namespace, CancellationToken cancellationToken) => SendAsync(
        ApiRequest.Get(resource.ObjectPath(name, @namespace ?? defaultNamespace)) with { Accept = ApiRequest.JsonMetadata }, MetadataOf(resource), cancellationToken);

    /// <summary>Lists objects page by page, each object once. Only one page is in memory.</summary>
    /// <param name="resource">The resource of the objects.</param>
    /// <param name="query">The objects to select; null for all objects in the namespace of the connection.</param>
    /// <param name="cancellationToken">Stops the list.</param>
    /// <returns>The objects in the order of the server. If the continue token expires, the list restarts automatically.</returns>
    public IAsyncEnumerable<KubeObject> ListAsync(KubeResource resource, KubeQuery? query = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return Pager(resource, query).ListAsync(Read, cancellationToken);

        (KubeObject, string?) Read(string path, ReadOnlyMemory<byte> bytes)
        {
            var item = channel.Failures.ReadObject(path, bytes, resource);
            return (item, item.Uid);
        }
    }

    /// <summary>Lists the metadata of objects as a stream, each object once.</summary>
    /// <param name="resource">The resource of the objects.</param>
    /// <param name="query">The objects to select; null for all objects in the namespace of the connection.</param>
    /// <param name="cancellationToken">Stops the list.</param>
    /// <returns>The metadata in the order of the server.</returns>
    public async IAsyncEnumerable<ObjectMetadata> ListMetadataAsync(
        KubeResource resource, KubeQuery? query = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var batch in ListMetadataBatchesAsync(resource, query, cancellationToken).ConfigureAwait(false))
        {
            foreach (var found in batch)
                yield return found;
        }
    }

    /// <summary>Lists the metadata of objects like <see cref="ListMetadataAsync"/>, in batches.</summary>
    /// <param name="resource">The resource of the objects.</param>
    /// <param name="query">The objects to select; null for all objects in the namespace of the connection.</param>
    /// <param name="cancellationToken">Stops the list.</param>
    /// <returns>Batches of metadata in the order of the server. The caller may keep a batch.</returns>
    public IAsyncEnumerable<IReadOnlyList<ObjectMetadata>> ListMetadataBatchesAsync(
        KubeResource resource, KubeQuery? query = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resource);
        query ??= new KubeQuery();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(query.PageSize);
        return new MetadataListReader(channel, resource, query.ListPath(resource, defaultNamespace), query).ReadAsync(cancellationToken);
    }

    /// <summary>
    /// Watches objects: returns the existing objects and then all changes until it is canceled. After an interrupted
    /// connection, it continues and reports each deletion once, including those during the interruption.
    /// </summary>
    /// <param name="resource">The resource of the objects.</param>
    /// <param name="query">The objects to select; null for all objects in the namespace of the connection.</param>
    /// <param name="cancellationToken">Stops the watch.</param>
    /// <returns>The changes, without end. All existing objects are kept in memory.</returns>
    /// <exception cref="KubeApiException">
    /// The server returned an error before all existing objects were reported; or, later, several consecutive
    /// errors that are probably permanent, such as <see cref="KubeApiReason.Forbidden"/>.
    /// </exception>
    public IAsyncEnumerable<KubeEvent> WatchAsync(KubeResource resource, KubeQuery? query = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return Reflector.FollowAsync(channel, Pager(resource, query), resource, null, cancellationToken);
    }

    /// <summary>Watches the metadata of objects like <see cref="WatchAsync"/>.</summary>
    /// <param name="resource">The resource of the objects.</param>
    /// <param name="query">The objects to select.</param>
    /// <param name="report">Gets null when a watch begins, and the failure when the list cannot be read or a watch cannot begin. The next attempt follows.</param>
    /// <param name="cancellationToken">Stops the watch.</param>
    /// <returns>The changes, without end. The objects have metadata only.</returns>
    internal IAsyncEnumerable<KubeEvent> WatchMetadataAsync(KubeResource resource, KubeQuery query, Action<Exception?> report, CancellationToken cancellationToken)
    {
        var metadata = MetadataOf(resource);
        var pager = new ListPager(channel, metadata, query.ListPath(resource, defaultNamespace), query.PageSize, query.Progress)
        {
            Accept = ApiRequest.JsonMetadataOnlyList,
            WatchAccept = ApiRequest.JsonMetadata,
        };
        return Reflector.FollowAsync(channel, pager, metadata, report, cancellationToken);
    }

    /// <summary>Creates an object.</summary>
    /// <param name="resource">The resource of the object.</param>
    /// <param name="object">The object.</param>
    /// <param name="namespace">The namespace; null for the namespace of the object or, if it has none, of the connection.</param>
    /// <param name="options">The options of the request; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The object after the change.</returns>
    public Task<KubeObject> CreateAsync(
        KubeResource resource, KubeObject @object, string? @namespace = null, KubeWriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(@object);
        options ??= new KubeWriteOptions();
        var path = resource.ListPath(@namespace ?? @object.Namespace ?? defaultNamespace) + options.Query;
        return SendAsync(new ApiRequest(HttpMethod.Post, path) { Body = @object.ToUtf8().ToArray(), IsRepeatable = options.DryRun }, resource, cancellationToken);
    }

    /// <summary>Patches an object.</summary>
    /// <param name="resource">The resource of the object.</param>
    /// <param name="name">The name of the object.</param>
    /// <param name="patch">The patch.</param>
    /// <param name="namespace">The namespace of the object; null for the namespace of the connection.</param>
    /// <param name="options">The options of the request; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The object after the change.</returns>
    public Task<KubeObject> PatchAsync(
        KubeResource resource, string name, KubePatch patch, string? @namespace = null, KubeWriteOptions? options = null, CancellationToken cancellationToken = default) =>
        PatchAsync(resource, name, null, patch, @namespace, options, cancellationToken);

    /// <summary>Patches the status subresource of an object.</summary>
    /// <param name="resource">The resource of the object.</param>
    /// <param name="name">The name of the object.</param>
    /// <param name="patch">A patch of the object, of which the server applies only the status.</param>
    /// <param name="namespace">The namespace of the object; null for the namespace of the connection.</param>
    /// <param name="options">The options of the request; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The object after the change.</returns>
    public Task<KubeObject> PatchStatusAsync(
        KubeResource resource, string name, KubePatch patch, string? @namespace = null, KubeWriteOptions? options = null, CancellationToken cancellationToken = default) =>
        PatchAsync(resource, name, "status", patch, @namespace, options, cancellationToken);

    /// <summary>Deletes an object. It may exist until its grace period has ended and its finalizers are removed.</summary>
    /// <param name="resource">The resource of the object.</param>
    /// <param name="name">The name of the object.</param>
    /// <param name="namespace">The namespace of the object; null for the namespace of the connection.</param>
    /// <param name="options">The options of the request; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>A task that completes when the server has accepted the request.</returns>
    public async Task DeleteAsync(
        KubeResource resource, string name, string? @namespace = null, KubeDeleteOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resource);
        options ??= new KubeDeleteOptions();
        var request = new ApiRequest(HttpMethod.Delete, resource.ObjectPath(name, @namespace ?? defaultNamespace))
        {
            Body = Bytes(options.ToJson()),
            IsRepeatable = options.Uid is not null || options.DryRun,
        };
        channel.Failures.RequireDeleted(await channel.SendAndEnsureSuccessAsync(request, cancellationToken).ConfigureAwait(false), resource);
    }

    /// <summary>Deletes the objects of a namespace that a query selects, in one request.</summary>
    /// <param name="resource">The resource of the objects.</param>
    /// <param name="query">The objects to delete.</param>
    /// <param name="options">The options of the request. A UID restricts the request to a single object.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The number of deleted objects.</returns>
    internal async Task<int> DeleteSelectedAsync(KubeResource resource, KubeQuery query, KubeDeleteOptions options, CancellationToken cancellationToken)
    {
        var request = new ApiRequest(HttpMethod.Delete, query.ListPath(resource, defaultNamespace))
        {
            Body = Bytes(options.ToJson()),
            IsRepeatable = options.Uid is not null || options.DryRun,

            // The response contains the objects. Of Secrets, only the metadata must be read.
            Accept = ApiRequest.JsonMetadataList,
        };
        var answer = channel.Failures.ReadJson(await channel.SendAndEnsureSuccessAsync(request, cancellationToken).ConfigureAwait(false));
        return answer.Get("items").Items().Count();
    }

    /// <summary>Runs the deletion of an object as a dry run on the server.</summary>
    /// <returns>The UID of the existing object.</returns>
    /// <exception cref="KubeApiException"><see cref="KubeApiReason.NotFound"/>: the object does not exist.</exception>
    internal async Task<string?> DryRunDeleteAsync(KubeResource resource, string name, string? @namespace, CancellationToken cancellationToken)
    {
        var request = new ApiRequest(HttpMethod.Delete, resource.ObjectPath(name, @namespace ?? defaultNamespace))
        {
            Body = Bytes(new KubeDeleteOptions { DryRun = true }.ToJson()),
            IsRepeatable = true,
        };
        var answer = channel.Failures.ReadJson(await channel.SendAndEnsureSuccessAsync(request, cancellationToken).ConfigureAwait(false));
        return answer.Get("details").Text("uid") ?? answer.Get("metadata").Text("uid");
    }

    /// <summary>Evicts a pod, which a disruption budget can prevent.</summary>
    /// <param name="name">The name of the pod.</param>
    /// <param name="namespace">The namespace of the pod.</param>
    /// <param name="uid">The required UID of the pod.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="KubeApiException"><see cref="KubeApiReason.TooManyRequests"/>: a disruption budget does not permit the eviction now.</exception>
    internal async Task EvictAsync(string name, string @namespace, string uid, CancellationToken cancellationToken)
    {
        // Without a type, the server reads its own version of an Eviction, which is v1beta1 before Kubernetes 1.22.
        var eviction = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = @namespace },
            ["deleteOptions"] = new KubeDeleteOptions { Uid = uid }.ToJson(),
        };
        var request = new ApiRequest(HttpMethod.Post, KubeResource.Pods.ObjectPath(name, @namespace, "eviction")) { Body = Bytes(eviction) };
        await channel.SendAndEnsureSuccessAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gets the UID of the cluster. It is read only once.</summary>
    internal async Task<string> GetClusterUidAsync(CancellationToken cancellationToken) =>
        clusterUid ??= (await GetAsync(KubeResource.Namespaces, "kube-system", cancellationToken: cancellationToken).ConfigureAwait(false)).Uid ?? throw NotKubernetes("its namespace kube-system has no uid");

    /// <summary>Reads a JSON document of the API.</summary>
    internal async Task<JsonElement> GetJsonAsync(string path, CancellationToken cancellationToken) =>
        channel.Failures.ReadJson(await channel.SendAndEnsureSuccessAsync(ApiRequest.Get(path), cancellationToken).ConfigureAwait(false));

    /// <summary>Creates the error for a response that is not from an API server.</summary>
    internal KubeConnectionException NotKubernetes(string why) => channel.Failures.NotKubernetes(why);

    /// <summary>Requests a token for a ServiceAccount (TokenRequest).</summary>
    /// <param name="serviceAccount">The name of the ServiceAccount.</param>
    /// <param name="namespace">The namespace of the object; null for the namespace of the connection.</param>
    /// <param name="options">The options of the token; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The token.</returns>
    public async Task<ServiceAccountToken> CreateTokenAsync(
        string serviceAccount, string? @namespace = null, ServiceAccountTokenOptions? options = null, CancellationToken cancellationToken = default)
    {
        var path = KubeResource.ServiceAccounts.ObjectPath(serviceAccount, @namespace ?? defaultNamespace, "token");
        var request = new ApiRequest(HttpMethod.Post, path) { Body = Bytes((options ?? new ServiceAccountTokenOptions()).ToJson()) };
        var type = new DocumentType("TokenRequest", "authentication.k8s.io/v1");
        var status = channel.Failures.ReadStatus(await channel.SendAndEnsureSuccessAsync(request, cancellationToken).ConfigureAwait(false), type);
        return status.Text("token") is { Length: > 0 } token && status.Time("expirationTimestamp") is { } expiration
            ? new ServiceAccountToken(new SensitiveString(token), expiration)
            : throw channel.Failures.WrongDocument(path, "an object without a token, or without an expirationTimestamp", $"{type}");
    }

    /// <summary>Runs a token request for a ServiceAccount as a dry run on the server. The response is not read.</summary>
    /// <param name="serviceAccount">The name of the ServiceAccount.</param>
    /// <param name="namespace">The namespace of the object; null for the namespace of the connection.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    internal async Task DryRunTokenAsync(string serviceAccount, string? @namespace, CancellationToken cancellationToken)
    {
        var path = KubeResource.ServiceAccounts.ObjectPath(serviceAccount, @namespace ?? defaultNamespace, "token");
        var options = new ServiceAccountTokenOptions { ExpirationSeconds = 600 };
        await channel.SendAndEnsureSuccessAsync(new ApiRequest(HttpMethod.Post, $"{path}?dryRun=All") { Body = Bytes(options.ToJson()), IsRepeatable = true }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reviews whether the user of the connection is authorized for an action (SelfSubjectAccessReview).</summary>
    /// <param name="question">The action.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The result of the review.</returns>
    public async Task<AccessAnswer> ReviewAccessAsync(AccessQuestion question, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(question);
        const string Path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
        var type = new DocumentType("SelfSubjectAccessReview", "authorization.k8s.io/v1");
        var request = new ApiRequest(HttpMethod.Post, Path)
        {
            Body = Bytes(question.ToJson(defaultNamespace)),
            IsRepeatable = true, // It writes nothing.
        };
        var status = channel.Failures.ReadStatus(await channel.SendAndEnsureSuccessAsync(request, cancellationToken).ConfigureAwait(false), type);
        return status.Get("allowed").ValueKind is JsonValueKind.True or JsonValueKind.False
            ? new AccessAnswer(status.IsTrue("allowed"), status.Text("reason") is { Length: > 0 } reason ? reason : null)
            : throw channel.Failures.WrongDocument(Path, "a review without 'allowed'", $"{type}");
    }

    private Task<KubeObject> PatchAsync(
        KubeResource resource, string name, string? subresource, KubePatch patch, string? @namespace, KubeWriteOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(patch);
        var path = resource.ObjectPath(name, @namespace ?? defaultNamespace, subresource);
        return SendAsync(patch.At(path, options ?? new KubeWriteOptions()), resource, cancellationToken);
    }

    internal ListPager Pager(KubeResource resource, KubeQuery? query)
    {
        query ??= new KubeQuery();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(query.PageSize);
        return new ListPager(channel, resource, query.ListPath(resource, defaultNamespace), query.PageSize, query.Progress);
    }

    // The type of the documents that the server returns for requests of metadata.
    private static KubeResource MetadataOf(KubeResource resource) => new("meta.k8s.io", "v1", resource.Plural, DocumentType.Metadata.Kind, resource.IsNamespaced);

    private async Task<KubeObject> SendAsync(ApiRequest request, KubeResource resource, CancellationToken cancellationToken) =>
        channel.Failures.ReadObject(await channel.SendAndEnsureSuccessAsync(request, cancellationToken).ConfigureAwait(false), resource);

    private static byte[] Bytes(JsonObject json) => Encoding.UTF8.GetBytes(json.ToJsonString());
}
