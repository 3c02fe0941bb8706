using System.Net;
using KubeInject.Http;
using KubeInject.Kubernetes.Client.Metadata;

namespace KubeInject.Kubernetes.Client;

/// <summary>What to ask of the server; its path stands below the server's address, with its query, escaped.</summary>
internal sealed record ApiRequest(HttpMethod Method, string Path)
{
    public const string Json = "application/json";

    /// <summary>The metadata of a list's objects; in JSON for servers that do not offer protobuf, and whole for those that cannot leave the rest out.</summary>
    public const string MetadataList = $"{ProtobufMetadataReader.MediaType};{AsMetadata},{JsonMetadataList}";

    /// <summary>The same in JSON.</summary>
    public const string JsonMetadataList = $"{Json};{AsMetadata},{Json}";

    private const string AsMetadata = "as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

    /// <summary>What to send; null for nothing.</summary>
    public byte[]? Body { get; init; }

    public string ContentType { get; init; } = Json;

    public string Accept { get; init; } = Json;

    /// <summary>Further headers; none by default. The credential, and the user to impersonate, are added to them.</summary>
    public IReadOnlyList<KeyValuePair<string, IEnumerable<string>>> Headers { get; init; } = [];

    /// <summary>Whether the answer goes on until one side ends it, as that of a watch: it may be silent, and is not limited in size.</summary>
    public bool IsEndless { get; init; }

    /// <summary>
    /// The version of HTTP: 1.1, of which answers come fastest, and nothing of which waits for another request. By 2
    /// goes what may be silent for long, for its pings notice a connection that has died.
    /// </summary>
    public Version Version { get; init; } = HttpVersion.Version11;

    /// <summary>Where the answer is read into, which is then good until the next request with it; null for room of its own.</summary>
    public ResponseBuffer? Buffer { get; init; }

    /// <summary>
    /// Whether it does no harm to ask twice, because nobody knows whether the first time was handled. Not so for a
    /// DELETE by name: the second could meet the object's successor.
    /// </summary>
    public bool IsRepeatable { get; init; } = Method == HttpMethod.Get;

    public static ApiRequest Get(string path) => new(HttpMethod.Get, path);

    public static ApiRequest Watch(string path) => Get(path) with { Version = HttpVersion.Version20 };
}
