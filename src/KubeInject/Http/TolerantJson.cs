using System.Globalization;
using System.Text.Json;

namespace KubeInject.Http;

/// <summary>Reads JSON of others: what is missing or of another kind than expected reads as nothing.</summary>
internal static class TolerantJson
{
    /// <summary>Reads a text.</summary>
    /// <exception cref="JsonException">It is not JSON, or more than one value.</exception>
    public static JsonElement Parse(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        var value = JsonElement.ParseValue(ref reader);

        // Whatever follows the value is no JSON, and makes the reader say so.
        reader.Read();
        return value;
    }

    public static JsonElement Get(this JsonElement element, string name) => OrNothing(
        (element, name), static of => of.element.ValueKind == JsonValueKind.Object && of.element.TryGetProperty(of.name, out var value) ? value : default);

    public static bool Exists(this JsonElement element) => element.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    public static IEnumerable<JsonElement> Items(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : [];

    public static string? Text(this JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? OrNothing(element, static element => element.GetString()) : null;

    public static string? Text(this JsonElement element, string name) => element.Get(name).Text();

    /// <summary>The name of a property.</summary>
    public static string? Text(this JsonProperty property) => OrNothing(property, static property => property.Name);

    public static int Int(this JsonElement element, string name) =>
        element.Get(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) ? number : 0;

    public static long Long(this JsonElement element, string name) =>
        element.Get(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : 0;

    public static bool IsTrue(this JsonElement element, string name) => element.Get(name).ValueKind == JsonValueKind.True;

    public static DateTimeOffset? Time(this JsonElement element, string name) =>
        DateTimeOffset.TryParse(element.Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    public static IReadOnlyDictionary<string, string> Texts(this JsonElement element)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in element.EnumerateObject())
            {
                if (property.Text() is { } name && property.Value.Text() is { } text)
                    texts[name] = text;
            }
        }

        return texts;
    }

    /// <summary>
    /// Bytes that are no UTF-8, and escapes for half of a surrogate pair: the readers let them pass, until somebody
    /// asks for the text.
    /// </summary>
    private static T? OrNothing<TFrom, T>(TFrom from, Func<TFrom, T?> read)
    {
        try
        {
            return read(from);
        }
        catch (InvalidOperationException)
        {
            return default;
        }
    }
}
