using System.Diagnostics;
using System.Text;
using System.Text.Json;
using KubeInject.Http;

namespace KubeInject.Kubernetes.Objects;

/// <summary>An object of any kind as the API server sent it: its document, and what tells it from others.</summary>
/// <remarks>
/// Whatever is missing from the document, or of another type than the API's, reads as empty. Shows nothing of the
/// document by itself, for it may be a Secret's.
/// </remarks>
public sealed class KubeObject
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

    /// <summary>The name; empty for a document that has none.</summary>
    public string Name { get; }

    /// <summary>The namespace; null for a document that names none.</summary>
    public string? Namespace { get; }

    /// <summary>What tells the object from an earlier one of the same name; null for a document that has none.</summary>
    public string? Uid { get; }

    /// <summary>What tells this state of the object from another one; null for a document that has none.</summary>
    public string? ResourceVersion { get; }

    /// <summary>The API server that the object came from; null for one that was read from a document.</summary>
    public Uri? Server { get; }

    /// <summary>Reads an object from its JSON document.</summary>
    /// <param name="json">The document.</param>
    /// <returns>The object.</returns>
    /// <exception cref="JsonException">The text is no JSON object.</exception>
    public static KubeObject Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        var utf8 = Encoding.UTF8.GetBytes(json);
        using var document = ObjectDocument.Parse(utf8);
        return new KubeObject(utf8, document.RootElement, null, null);
    }

    /// <summary>The document as UTF-8, with every field that the server sent.</summary>
    /// <returns>The JSON text.</returns>
    public ReadOnlyMemory<byte> ToUtf8() => utf8;

    /// <summary>The document as text, with every field that the server sent.</summary>
    /// <returns>The JSON text.</returns>
    public string ToJson() => Encoding.UTF8.GetString(utf8);

    /// <summary>The document, to be read field by field.</summary>
    /// <returns>A JSON object.</returns>
    public JsonElement ToElement() => ObjectDocument.Parse(utf8).RootElement;

    /// <summary>The object's reference, <c>shop/deployment/orders</c>.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => new ObjectReference(Kind, Namespace, Name).ToString();

    /// <summary>Reads an object that a server sent from its JSON document, which is copied and told what it is, where it does not say.</summary>
    /// <exception cref="JsonException">The text is no JSON object, or one of another kind.</exception>
    internal static KubeObject FromUtf8(ReadOnlyMemory<byte> json, KubeResource resource, Uri server)
    {
        using var document = ObjectDocument.Parse(json);
        DocumentType.RequireObject(document.RootElement, DocumentType.Of(resource));
        return new KubeObject(ObjectDocument.Copy(json.Span, document.RootElement, resource), document.RootElement, resource, server);
    }
}
