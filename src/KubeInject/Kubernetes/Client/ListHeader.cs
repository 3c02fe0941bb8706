using System.Text.Json;
using KubeInject.Http;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Kubernetes.Client;

/// <summary>The fields of a list other than its items: type and metadata. The fields can have any order.</summary>
/// <param name="accepted">The accepted types of the list.</param>
internal sealed class ListHeader(params DocumentType[] accepted)
{
    /// <summary>The name of the field with the items.</summary>
    public const string Items = "items";

    private const string Metadata = "metadata";
    private const string Kind = "kind";
    private const string ApiVersion = "apiVersion";

    private readonly HashSet<string> fields = new(StringComparer.Ordinal);
    private string? kind;
    private string? apiVersion;

    /// <summary>The continue token; null if this is the last page.</summary>
    public string? Continue { get; private set; }

    /// <summary>The resource version of the list; null if it has none.</summary>
    public string? ResourceVersion { get; private set; }

    /// <summary>The number of objects on the following pages; null if the server does not specify it.</summary>
    public long? Remaining { get; private set; }

    /// <summary>
    /// Whether the items of a metadata list are null. API servers write empty metadata lists this way in JSON, but a list
    /// without its items looks the same.
    /// </summary>
    public bool IsUndecided { get; private set; }

    /// <summary>Gets the field name at the position of the reader; null for other fields.</summary>
    public static string? FieldOf(in Utf8JsonReader reader) => reader.ValueTextEquals("items"u8) ? Items
        : reader.ValueTextEquals("metadata"u8) ? Metadata
        : reader.ValueTextEquals("kind"u8) ? Kind
        : reader.ValueTextEquals("apiVersion"u8) ? ApiVersion
        : null;

    /// <summary>Records that the list has the field for items.</summary>
    /// <exception cref="WrongDocumentException">The field is duplicated.</exception>
    public void AddItems() => AddField(Items);

    /// <summary>Records the start of the items of a JSON list.</summary>
    /// <param name="token">The first token of the items.</param>
    /// <returns>Whether items follow.</returns>
    /// <exception cref="WrongDocumentException">The items are not an array, or the field is duplicated.</exception>
    public bool StartItems(JsonTokenType token)
    {
        AddItems();
        IsUndecided = token == JsonTokenType.Null && accepted.Contains(DocumentType.MetadataList);
        if (token == JsonTokenType.StartArray || IsUndecided)
            return token == JsonTokenType.StartArray;
        throw new WrongDocumentException(NotAnArray(token));
    }

    /// <summary>Reads a field other than the items.</summary>
    /// <param name="name">The name from <see cref="FieldOf"/>.</param>
    /// <param name="value">The value of the field.</param>
    /// <exception cref="WrongDocumentException">The value is not valid for a list, or the field is duplicated.</exception>
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

    /// <summary>Sets the type of a list that is not JSON.</summary>
    /// <exception cref="WrongDocumentException">The type is not accepted.</exception>
    public void SetType(string listKind, string listVersion)
    {
        (kind, apiVersion) = (listKind, listVersion);
        RequireType();
    }

    /// <summary>Sets the continue token of a list that is not JSON.</summary>
    public void SetContinue(string value) => Continue = value.Length > 0 ? value : null;

    /// <summary>Sets the number of remaining objects of a list that is not JSON.</summary>
    public void SetRemaining(long value) => Remaining = value;

    /// <summary>Validates, after all fields were read, that the list has the requested type and is complete.</summary>
    /// <exception cref="WrongDocumentException">The list has another type or is incomplete.</exception>
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
