using System.Globalization;
using System.Text.Json;

namespace KubeInject.Http;

/// <summary>Reads JSON from external sources. Values that are missing or have an unexpected type are read as null, empty or zero.</summary>
internal static class TolerantJson
{
    /// <summary>Parses a JSON value.</summary>
    /// <exception cref="JsonException">The text is not JSON, or has more than one value.</exception>
    public static JsonElement Parse(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        var value = JsonElement.ParseValue(ref reader);

        // Throws if anything follows the value.
        reader.Read();
        return value;
    }

    public static JsonElement Get(this JsonElement element, string name) => OrDefault(
        (element, name), static of => of.element.ValueKind == JsonValueKind.Object && of.element.TryGetProperty(of.name, out var value) ? value : default);

    public static bool Exists(this JsonElement element) => element.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    public static IEnumerable<JsonElement> Items(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : [];

    public static string? Text(this JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? OrDefault(element, static element => element.GetString()) : null;

    public static string? Text(this JsonElement element, string name) => element.Get(name).Text();

    /// <summary>Gets the name of a property; null if it is not valid text.</summary>
    public static string? Text(this JsonProperty property) => OrDefault(property, static property => property.Name);

    public static int Int(this JsonElement element, string name) =>
        element.Get(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) ? number : 0;

    public static long Long(this JsonElement element, string name) =>
        element.Get(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : 0;

    public static bool IsTrue(this JsonElement element, string name) => element.Get(name).ValueKind == JsonValueKind.True;

    public static DateTimeOffset? Time(this JsonElement element, string name) =>
        DateTimeOffset.TryParse(element.Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    public static IReadOnlyDictionary<string, string> Texts(this JsonElement element)
    {
        var texts = new ReadableDictionary();
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
    /// Returns the default for text with invalid UTF-8 or unpaired surrogates. The parser accepts it, but throws when
    /// the text is read.
    /// </summary>
    private static T? OrDefault<TFrom, T>(TFrom from, Func<TFrom, T?> read)
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
