using System.Net;
using KubeInject.Http;
using KubeInject.Kubernetes.Client.Metadata;

namespace KubeInject.Kubernetes.Client;

/// <summary>A request to the API server. The path is relative to the address of the server and contains the escaped query.</summary>
internal sealed record ApiRequest(HttpMethod Method, string Path)
{
    public const string Json = "application/json";

    /// <summary>Accepts the metadata of the objects of a list as protobuf, then as JSON, then complete objects as JSON.</summary>
    public const string MetadataList = $"{ProtobufMetadataReader.MediaType};{AsMetadata},{JsonMetadataList}";

    /// <summary>Accepts the metadata of the objects of a list as JSON, then complete objects as JSON.</summary>
    public const string JsonMetadataList = $"{JsonMetadataOnlyList},{Json}";

    /// <summary>Accepts the metadata of the objects of a list as JSON.</summary>
    public const string JsonMetadataOnlyList = $"{Json};{AsMetadata}";

    /// <summary>Accepts the metadata of an object as JSON.</summary>
    public const string JsonMetadata = $"{Json};as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

    private const string AsMetadata = "as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

    /// <summary>The request body; null for none.</summary>
    public byte[]? Body { get; init; }

    public string ContentType { get; init; } = Json;

    public string Accept { get; init; } = Json;

    /// <summary>Additional headers; none by default. The channel adds the credential and the impersonation headers.</summary>
    public IReadOnlyList<KeyValuePair<string, IEnumerable<string>>> Headers { get; init; } = [];

    /// <summary>Whether the response has no end, like a watch. It has no size limit and may be idle.</summary>
    public bool IsEndless { get; init; }

    /// <summary>
    /// The HTTP version. Default: 1.1, because responses are fastest and requests do not wait for each other. HTTP/2 is
    /// for responses that may be idle, because its pings detect broken connections.
    /// </summary>
    public Version Version { get; init; } = HttpVersion.Version11;

    /// <summary>The buffer for the response, which is valid until the next request with this buffer; null for a new buffer.</summary>
    public ResponseBuffer? Buffer { get; init; }

    /// <summary>
    /// Whether the request can be sent again although the server may have processed it. False for a
    /// DELETE by name, because the second request could delete a new object with the same name.
    /// </summary>
    public bool IsRepeatable { get; init; } = Method == HttpMethod.Get;

    public static ApiRequest Get(string path) => new(HttpMethod.Get, path);

    public static ApiRequest Watch(string path) => Get(path) with { Version = HttpVersion.Version20 };
}
