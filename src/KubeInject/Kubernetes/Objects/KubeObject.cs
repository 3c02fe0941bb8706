using System.Diagnostics;
using System.Text;
using System.Text.Json;
using KubeInject.Http;

namespace KubeInject.Kubernetes.Objects;

/// <summary>An object of any kind as the API server sent it: the document and its identity.</summary>
/// <remarks>
/// Fields that are missing or have an unexpected type are read as null or empty. The text form does not contain the
/// document, because the object may be a Secret.
/// </remarks>
internal sealed class KubeObject
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly byte[] utf8;

    private KubeObject(byte[] utf8, JsonElement root, KubeResource? resource, Uri? server)
    {
        this.utf8 = utf8;
        Server = server;
        var metadata = root.Get("metadata");
        ApiVersion = root.Text("apiVersion") ?? resource?.ApiVersion ?? "";
        Kind = root.Text("kind") ?? resource?.Kind ?? "";
        Name = metadata.Text("name") ?? "";
        Namespace = metadata.Text("namespace");
        Uid = metadata.Text("uid");
        ResourceVersion = metadata.Text("resourceVersion");
    }

    /// <summary>Group and version: <c>apps/v1</c>.</summary>
    public string ApiVersion { get; }

    /// <summary>The kind: <c>Deployment</c>.</summary>
    public string Kind { get; }

    /// <summary>The name; empty if the document has none.</summary>
    public string Name { get; }

    /// <summary>The namespace; null if the document has none.</summary>
    public string? Namespace { get; }

    /// <summary>The UID, which differs from that of an earlier object with the same name; null if the document has none.</summary>
    public string? Uid { get; }

    /// <summary>The resource version, which identifies this state of the object; null if the document has none.</summary>
    public string? ResourceVersion { get; }

    /// <summary>The API server that sent the object; null if it was read from a document.</summary>
    public Uri? Server { get; }

    /// <summary>Reads an object from its JSON document.</summary>
    /// <param name="json">The document.</param>
    /// <returns>The object.</returns>
    /// <exception cref="JsonException">The text is not a JSON object.</exception>
    public static KubeObject Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        var utf8 = Encoding.UTF8.GetBytes(json);
        using var document = ObjectDocument.Parse(utf8);
        return new KubeObject(utf8, document.RootElement, null, null);
    }

    /// <summary>Gets the document as UTF-8, with all fields that the server sent.</summary>
    /// <returns>The JSON text.</returns>
    public ReadOnlyMemory<byte> ToUtf8() => utf8;

    /// <summary>Gets the document as text, with all fields that the server sent.</summary>
    /// <returns>The JSON text.</returns>
    public string ToJson() => Encoding.UTF8.GetString(utf8);

    /// <summary>Gets the document as a JSON element.</summary>
    /// <returns>A JSON object.</returns>
    public JsonElement ToElement() => ObjectDocument.Parse(utf8).RootElement;

    /// <summary>The reference of the object, <c>shop/deployment/orders</c>.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => new ObjectReference(Kind, Namespace, Name).ToString();

    /// <summary>Reads an object from a server. Copies the document and adds <c>apiVersion</c> and <c>kind</c> if they are missing.</summary>
    /// <exception cref="JsonException">The text is not a JSON object, or has another kind.</exception>
    internal static KubeObject FromUtf8(ReadOnlyMemory<byte> json, KubeResource resource, Uri server)
    {
        using var document = ObjectDocument.Parse(json);
        DocumentType.RequireObject(document.RootElement, DocumentType.Of(resource));
        return new KubeObject(ObjectDocument.Copy(json.Span, document.RootElement, resource), document.RootElement, resource, server);
    }
}
