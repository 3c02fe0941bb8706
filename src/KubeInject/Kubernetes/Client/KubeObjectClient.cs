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
/// <para>Where a namespace is null, that of the connection is meant; for objects that live in no namespace it has no meaning.</para>
/// <para>
/// Every operation throws <see cref="KubeApiException"/> where the server answers with an error, and
/// <see cref="KubeConnectionException"/> where no answer comes, or one that no API server gives. Before that it asks
/// again, a few times, where the server is busy or a connection broke off, and asking twice does no harm.
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

    /// <summary>What time it is by the API server's clock; by this machine's, where its answers do not say.</summary>
    internal DateTimeOffset ServerTime => channel.Clock.Now ?? channel.Policy.Clock.GetUtcNow();

    /// <summary>The UID of the cluster, if it was read before: that of its namespace <c>kube-system</c>.</summary>
    internal string? ClusterUid => clusterUid;

    /// <summary>Reads one object.</summary>
    /// <param name="resource">The kind of object.</param>
    /// <param name="name">Its name.</param>
    /// <param name="namespace">Its namespace.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The object.</returns>
    public Task<KubeObject> GetAsync(KubeResource resource, string name, string? @namespace = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return SendAsync(ApiRequest.Get(resource.ObjectPath(name, @namespace ?? defaultNamespace)), resource, cancellationToken);
    }

    /// <summary>Lists objects while they arrive, each once. Memory follows the page, not the list.</summary>
    /// <param name="resource">The kind of objects.</param>
    /// <param name="query">Which of them; null for all of the connection's namespace.</param>
    /// <param name="cancellationToken">Ends the list.</param>
    /// <returns>The objects, in the server's order. A list that takes the server longer than it remembers starts again by itself.</returns>
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

    /// <summary>Lists the metadata of objects while it arrives, each once.</summary>
    /// <param name="resource">The kind of objects.</param>
    /// <param name="query">Which of them; null for all of the connection's namespace.</param>
    /// <param name="cancellationToken">Ends the list.</param>
    /// <returns>The objects' metadata, in the server's order.</returns>
    public async IAsyncEnumerable<ObjectMetadata> ListMetadataAsync(
        KubeResource resource, KubeQuery? query = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var batch in ListMetadataBatchesAsync(resource, query, cancellationToken))
        {
            foreach (var found in batch)
                yield return found;
        }
    }

    /// <summary>Lists the metadata of objects as <see cref="ListMetadataAsync"/> does, as many at a time as have arrived.</summary>
    /// <param name="resource">The kind of objects.</param>
    /// <param name="query">Which of them; null for all of the connection's namespace.</param>
    /// <param name="cancellationToken">Ends the list.</param>
    /// <returns>The objects' metadata, in the server's order; each batch is good for as long as it is kept.</returns>
    public IAsyncEnumerable<IReadOnlyList<ObjectMetadata>> ListMetadataBatchesAsync(
        KubeResource resource, KubeQuery? query = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resource);
        query ??= new KubeQuery();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(query.PageSize);
        return new MetadataListReader(channel, resource, query.ListPath(resource, defaultNamespace), query).ReadAsync(cancellationToken);
    }

    /// <summary>
    /// Follows objects: first those that exist, then whatever happens to any. Ends only when it is told to: it goes
    /// on where a connection broke off, and tells of every deletion once, also of one that happened meanwhile.
    /// </summary>
    /// <param name="resource">The kind of objects.</param>
    /// <param name="query">Which of them; null for all of the connection's namespace.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <returns>What happens, without end. The objects that exist are kept in memory.</returns>
    /// <exception cref="KubeApiException">
    /// The server answers with an error before all existing objects were told of; or, later, several times in a row
    /// with one that is not likely to pass, such as <see cref="KubeApiReason.Forbidden"/>.
    /// </exception>
    public IAsyncEnumerable<KubeEvent> WatchAsync(KubeResource resource, KubeQuery? query = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return Reflector.FollowAsync(channel, Pager(resource, query), resource, cancellationToken);
    }

    /// <summary>Creates an object.</summary>
    /// <param name="resource">The kind of object.</param>
    /// <param name="object">The object.</param>
    /// <param name="namespace">Where; null for the namespace that the object names, or else that of the connection.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The object as it is now.</returns>
    public Task<KubeObject> CreateAsync(
        KubeResource resource, KubeObject @object, string? @namespace = null, KubeWriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(@object);
        options ??= new KubeWriteOptions();
        var path = resource.ListPath(@namespace ?? @object.Namespace ?? defaultNamespace) + options.Query;
        return SendAsync(new ApiRequest(HttpMethod.Post, path) { Body = @object.ToUtf8().ToArray(), IsRepeatable = options.DryRun }, resource, cancellationToken);
    }

    /// <summary>Changes an object.</summary>
    /// <param name="resource">The kind of object.</param>
    /// <param name="name">Its name.</param>
    /// <param name="patch">The change.</param>
    /// <param name="namespace">Its namespace.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The object as it is now.</returns>
    public Task<KubeObject> PatchAsync(
        KubeResource resource, string name, KubePatch patch, string? @namespace = null, KubeWriteOptions? options = null, CancellationToken cancellationToken = default) =>
        PatchAsync(resource, name, null, patch, @namespace, options, cancellationToken);

    /// <summary>Changes the status of an object, which has a path of its own.</summary>
    /// <param name="resource">The kind of object.</param>
    /// <param name="name">Its name.</param>
    /// <param name="patch">The change: of the whole object, of which the server takes the status.</param>
    /// <param name="namespace">Its namespace.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The object as it is now.</returns>
    public Task<KubeObject> PatchStatusAsync(
        KubeResource resource, string name, KubePatch patch, string? @namespace = null, KubeWriteOptions? options = null, CancellationToken cancellationToken = default) =>
        PatchAsync(resource, name, "status", patch, @namespace, options, cancellationToken);

    /// <summary>Deletes an object. It may stay for a while: until it has ended, or its finalizers are gone.</summary>
    /// <param name="resource">The kind of object.</param>
    /// <param name="name">Its name.</param>
    /// <param name="namespace">Its namespace.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>When the server has taken it up.</returns>
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
        channel.Failures.RequireDeleted(await channel.SendAndEnsureSuccessAsync(request, cancellationToken), resource);
    }

    /// <summary>Deletes the objects of a namespace that a query selects: what is selected is part of the request, and checked by the server.</summary>
    /// <param name="resource">The kind of objects.</param>
    /// <param name="query">Which of them.</param>
    /// <param name="options">How; the uid says which single object it may be.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>How many it were.</returns>
    internal async Task<int> DeleteSelectedAsync(KubeResource resource, KubeQuery query, KubeDeleteOptions options, CancellationToken cancellationToken)
    {
        var request = new ApiRequest(HttpMethod.Delete, query.ListPath(resource, defaultNamespace))
        {
            Body = Bytes(options.ToJson()),
            IsRepeatable = options.Uid is not null || options.DryRun,

            // The answer has the objects in it. Of Secrets nothing but the metadata is wanted here.
            Accept = ApiRequest.JsonMetadataList,
        };
        var answer = channel.Failures.ReadJson(await channel.SendAndEnsureSuccessAsync(request, cancellationToken));
        return answer.Get("items").Items().Count();
    }

    /// <summary>Has the server go through deleting an object.</summary>
    /// <returns>The uid of the object that is there.</returns>
    /// <exception cref="KubeApiException"><see cref="KubeApiReason.NotFound"/>: there is none.</exception>
    internal async Task<string?> DryRunDeleteAsync(KubeResource resource, string name, string? @namespace, CancellationToken cancellationToken)
    {
        var request = new ApiRequest(HttpMethod.Delete, resource.ObjectPath(name, @namespace ?? defaultNamespace))
        {
            Body = Bytes(new KubeDeleteOptions { DryRun = true }.ToJson()),
            IsRepeatable = true,
        };
        var answer = channel.Failures.ReadJson(await channel.SendAndEnsureSuccessAsync(request, cancellationToken));
        return answer.Get("details").Text("uid") ?? answer.Get("metadata").Text("uid");
    }

    /// <summary>Reads the UID of the cluster, once.</summary>
    internal async Task<string> GetClusterUidAsync(CancellationToken cancellationToken) =>
        clusterUid ??= (await GetAsync(KubeResource.Namespaces, "kube-system", cancellationToken: cancellationToken)).Uid ?? throw NotKubernetes("its namespace kube-system has no uid");

    /// <summary>Reads any JSON document.</summary>
    internal async Task<JsonElement> GetJsonAsync(string path, CancellationToken cancellationToken) =>
        channel.Failures.ReadJson(await channel.SendAndEnsureSuccessAsync(ApiRequest.Get(path), cancellationToken));

    /// <summary>What an answer means that no API server gives.</summary>
    internal KubeConnectionException NotKubernetes(string why) => channel.Failures.NotKubernetes(why);

    /// <summary>Asks for a token of a ServiceAccount (TokenRequest).</summary>
    /// <param name="serviceAccount">The ServiceAccount's name.</param>
    /// <param name="namespace">Its namespace.</param>
    /// <param name="options">What token; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The token.</returns>
    public async Task<ServiceAccountToken> CreateTokenAsync(
        string serviceAccount, string? @namespace = null, ServiceAccountTokenOptions? options = null, CancellationToken cancellationToken = default)
    {
        var path = KubeResource.ServiceAccounts.ObjectPath(serviceAccount, @namespace ?? defaultNamespace, "token");
        var request = new ApiRequest(HttpMethod.Post, path) { Body = Bytes((options ?? new ServiceAccountTokenOptions()).ToJson()) };
        var type = new DocumentType("TokenRequest", "authentication.k8s.io/v1");
        var status = channel.Failures.ReadStatus(await channel.SendAndEnsureSuccessAsync(request, cancellationToken), type);
        return status.Text("token") is { Length: > 0 } token && status.Time("expirationTimestamp") is { } expiration
            ? new ServiceAccountToken(new SensitiveString(token), expiration)
            : throw channel.Failures.WrongDocument(path, "an object without a token, or without an expirationTimestamp", $"{type}");
    }

    /// <summary>Has the server go through issuing a token of a ServiceAccount. It is told to issue none; one that a server sends all the same is not looked at.</summary>
    /// <param name="serviceAccount">The ServiceAccount's name.</param>
    /// <param name="namespace">Its namespace.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    internal async Task DryRunTokenAsync(string serviceAccount, string? @namespace, CancellationToken cancellationToken)
    {
        var path = KubeResource.ServiceAccounts.ObjectPath(serviceAccount, @namespace ?? defaultNamespace, "token");
        var options = new ServiceAccountTokenOptions { ExpirationSeconds = 600 };
        await channel.SendAndEnsureSuccessAsync(new ApiRequest(HttpMethod.Post, $"{path}?dryRun=All") { Body = Bytes(options.ToJson()), IsRepeatable = true }, cancellationToken);
    }

    /// <summary>Asks whether the user of the connection may do something (SelfSubjectAccessReview).</summary>
    /// <param name="question">What.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>Whether it is allowed.</returns>
    public async Task<AccessAnswer> ReviewAccessAsync(AccessQuestion question, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(question);
        const string Path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
        var type = new DocumentType("SelfSubjectAccessReview", "authorization.k8s.io/v1");
        var request = new ApiRequest(HttpMethod.Post, Path)
        {
            Body = Bytes(question.ToJson(defaultNamespace)),
            IsRepeatable = true, // it writes nothing
        };
        var status = channel.Failures.ReadStatus(await channel.SendAndEnsureSuccessAsync(request, cancellationToken), type);
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

    private async Task<KubeObject> SendAsync(ApiRequest request, KubeResource resource, CancellationToken cancellationToken) =>
        channel.Failures.ReadObject(await channel.SendAndEnsureSuccessAsync(request, cancellationToken), resource);

    private static byte[] Bytes(JsonObject json) => Encoding.UTF8.GetBytes(json.ToJsonString());
}
