using System.Text.Json;
using KubeInject.Http;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Kubernetes.Client;

/// <summary>What a list says of itself: its type, whether it has items, and where it goes on. Fields come in any order.</summary>
/// <param name="accepted">The types that the list may have.</param>
internal sealed class ListHeader(params DocumentType[] accepted)
{
    /// <summary>The field of the items.</summary>
    public const string Items = "items";

    private const string Metadata = "metadata";
    private const string Kind = "kind";
    private const string ApiVersion = "apiVersion";

    private readonly HashSet<string> fields = new(StringComparer.Ordinal);
    private string? kind;
    private string? apiVersion;

    /// <summary>Where the list goes on; null where this is all of it.</summary>
    public string? Continue { get; private set; }

    /// <summary>The version of the list; null where it names none.</summary>
    public string? ResourceVersion { get; private set; }

    /// <summary>How many objects follow; null where the server does not say.</summary>
    public long? Remaining { get; private set; }

    /// <summary>
    /// Whether the items are null in a list of metadata. An API server writes an empty one so, as JSON; and a list whose
    /// items were lost looks the same.
    /// </summary>
    public bool IsUndecided { get; private set; }

    /// <summary>Which field of a list the reader is at; null for one of no interest.</summary>
    public static string? FieldOf(in Utf8JsonReader reader) => reader.ValueTextEquals("items"u8) ? Items
        : reader.ValueTextEquals("metadata"u8) ? Metadata
        : reader.ValueTextEquals("kind"u8) ? Kind
        : reader.ValueTextEquals("apiVersion"u8) ? ApiVersion
        : null;

    /// <summary>Notes that the list has items, or room for them.</summary>
    /// <exception cref="WrongDocumentException">It has items already.</exception>
    public void AddItems() => AddField(Items);

    /// <summary>Notes what the items of a list in JSON are.</summary>
    /// <param name="token">The token that they start with.</param>
    /// <returns>Whether items follow.</returns>
    /// <exception cref="WrongDocumentException">They are no array, or the list has items already.</exception>
    public bool StartItems(JsonTokenType token)
    {
        AddItems();
        IsUndecided = token == JsonTokenType.Null && accepted.Contains(DocumentType.MetadataList);
        if (token == JsonTokenType.StartArray || IsUndecided)
            return token == JsonTokenType.StartArray;
        throw new WrongDocumentException(NotAnArray(token));
    }

    /// <summary>Reads another field.</summary>
    /// <param name="name">Its name, of <see cref="FieldOf"/>.</param>
    /// <param name="value">Its value.</param>
    /// <exception cref="WrongDocumentException">It cannot be that of a list.</exception>
    public void ReadField(string name, JsonElement value)
    {
        AddField(name);
        if (name == Metadata)
            ReadMetadata(value);
        else if (name == Kind)
            kind = value.Text();
        else
            apiVersion = value.Text() ?? "";
    }

    /// <summary>Notes the type of a list that is not JSON.</summary>
    /// <exception cref="WrongDocumentException">It is none that the list may have.</exception>
    public void SetType(string listKind, string listVersion)
    {
        (kind, apiVersion) = (listKind, listVersion);
        RequireType();
    }

    /// <summary>Notes where a list that is not JSON goes on.</summary>
    public void SetContinue(string value) => Continue = value.Length > 0 ? value : null;

    /// <summary>Notes how many objects follow in a list that is not JSON.</summary>
    public void SetRemaining(long value) => Remaining = value;

    /// <summary>Makes sure, once all of it is read, that it is the one that was requested, and whole.</summary>
    /// <exception cref="WrongDocumentException">It is not.</exception>
    public void Complete()
    {
        RequireType();
        if (!fields.Contains(Items))
            throw new WrongDocumentException("a list without items");
        if (IsUndecided && !DocumentType.MetadataList.Is(kind, apiVersion))
            throw new WrongDocumentException("a list whose items are null");
        if (Continue is null && Remaining > 0)
            throw new WrongDocumentException("a list without a continue token, although its remainingItemCount is not 0");
    }

    private void RequireType()
    {
        if (!accepted.Any(type => type.Is(kind, apiVersion)))
            throw new WrongDocumentException(DocumentType.Describe(kind, apiVersion));
    }

    private static string NotAnArray(JsonTokenType token)
    {
        var what = token switch
        {
            JsonTokenType.Null => "null",
            JsonTokenType.StartObject => "an object",
            JsonTokenType.String => "a string",
            JsonTokenType.Number => "a number",
            _ => "a Boolean",
        };
        return $"a list whose items are {what}";
    }

    private static string RequireText(JsonElement metadata, string name)
    {
        var value = metadata.Get(name);
        return !value.Exists() ? "" : value.Text() ?? throw new WrongDocumentException($"a list whose {name} is not a string");
    }

    private void AddField(string name)
    {
        if (!fields.Add(name))
            throw new WrongDocumentException($"a list in which '{name}' is duplicated");
    }

    private void ReadMetadata(JsonElement metadata)
    {
        if (metadata.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null))
            throw new WrongDocumentException("a list whose metadata is not an object");
        SetContinue(RequireText(metadata, "continue"));
        ResourceVersion = RequireText(metadata, "resourceVersion") is { Length: > 0 } version ? version : null;
        Remaining = metadata.Get("remainingItemCount") is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : null;
    }
}
