using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KubeInject.Injector.Reports;

/// <summary>A JSON array of the findings.</summary>
internal sealed class JsonReport : IReportFormat
{
    /// <summary>With quotes and the like as they are: the text stands in no web page.</summary>
    public static JsonWriterOptions Readable { get; } = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes JSON and escapes the invisible characters that the encoder leaves. The values stay the same.</summary>
    public static void Write(MemoryStream json, TextWriter output) => output.Write($"{DisplayText.EscapeLines(Encoding.UTF8.GetString(json.GetBuffer(), 0, (int)json.Length))}\n");

    public void Write(IReadOnlyList<ReportedFinding> findings, TextWriter output)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Readable))
            JsonSerializer.Serialize(json, findings, ReportJson.Default.IReadOnlyListReportedFinding);
        Write(buffer, output);
    }
}

/// <summary>How findings are written as JSON.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<ReportedFinding>))]
internal sealed partial class ReportJson : JsonSerializerContext;
