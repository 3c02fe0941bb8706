using System.Text.Json.Nodes;

namespace KubeInject.Manifests.Editing;

/// <summary>Writes values in flow style, with the syntax that YAML and JSON share.</summary>
internal static class FlowWriter
{
    public static string Entry(string key, JsonNode value, FlowStyle style) =>
        $"{ScalarWriter.Quote(key)}{(style.IsTight ? ":" : ": ")}{Value(value, style)}";

    public static string Value(JsonNode value, FlowStyle style) => value switch
    {
        JsonArray list => Collection('[', list.Select(item => Value(item!, style.Inside)), ']', style),
        JsonObject mapping => Collection('{', mapping.Select(entry => Entry(entry.Key, entry.Value!, style.Inside)), '}', style),
        _ => ScalarWriter.Quote(value.GetValue<string>()),
    };

    private static string Collection(char open, IEnumerable<string> members, char close, FlowStyle style)
    {
        return $"{open}{style.Inside.LineStart}{string.Join(style.Inside.Separator, members)}{style.LineStart}{close}";
    }
}
