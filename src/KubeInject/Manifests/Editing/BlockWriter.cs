using System.Text.Json.Nodes;

namespace KubeInject.Manifests.Editing;

/// <summary>Writes values as lines in block style.</summary>
internal static class BlockWriter
{
    /// <summary>Returns the lines of an entry of a mapping.</summary>
    public static List<string> Entry(string key, JsonNode value, BlockStyle style)
    {
        var start = $"{new string(' ', style.KeyColumn)}{ScalarWriter.Write(key)}:";
        return value switch
        {
            JsonValue scalar => [$"{start} {Scalar(key, scalar.GetValue<string>())}"],
            JsonArray list => [start, .. Items(list, style)],
            _ => [start, .. Entries((JsonObject)value, Inside(style, style.KeyColumn + style.Indent))],
        };
    }

    /// <summary>Returns the lines of the items of a list.</summary>
    public static List<string> Items(JsonArray items, BlockStyle style)
    {
        var dash = new string(' ', style.DashColumn) + "-".PadRight(style.ItemOffset);
        var lines = new List<string>();
        foreach (var item in items)
        {
            List<string> inside = item is JsonObject mapping
                ? Entries(mapping, Inside(style, style.DashColumn + style.ItemOffset))
                : [new string(' ', dash.Length) + ScalarWriter.Quote(item!.GetValue<string>())];
            inside[0] = dash + inside[0][dash.Length..];
            lines.AddRange(inside);
        }

        return lines;
    }

    /// <summary>Writes a name without quotes if possible, and any other value in quotes, so that the layout does not depend on the issued values.</summary>
    public static string Scalar(string key, string value) => key == "name" ? ScalarWriter.Write(value) : ScalarWriter.Quote(value);

    private static List<string> Entries(JsonObject mapping, BlockStyle style) =>
        [.. mapping.SelectMany(entry => Entry(entry.Key, entry.Value!, style))];

    private static BlockStyle Inside(BlockStyle style, int keyColumn) =>
        style with { KeyColumn = keyColumn, DashColumn = keyColumn + style.DashColumn - style.KeyColumn };
}
