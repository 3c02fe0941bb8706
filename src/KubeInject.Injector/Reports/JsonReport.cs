using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KubeInject.Injector.Reports;

/// <summary>Writes the findings as a JSON array.</summary>
internal sealed class JsonReport : IReportFormat
{
    /// <summary>Indented, and without the escaping that only HTML pages require.</summary>
    public static JsonWriterOptions Readable { get; } = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes JSON and escapes the invisible characters that the encoder does not escape. The values do not change.</summary>
    public static void Write(MemoryStream json, TextWriter output) => output.Write($"{DisplayText.EscapeLines(Encoding.UTF8.GetString(json.GetBuffer(), 0, (int)json.Length))}\n");

    public void Write(IReadOnlyList<ReportedFinding> findings, TextWriter output)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Readable))
            JsonSerializer.Serialize(json, findings, ReportJson.Default.IReadOnlyListReportedFinding);
        Write(buffer, output);
    }
}

/// <summary>The JSON serialization of findings.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<ReportedFinding>))]
internal sealed partial class ReportJson : JsonSerializerContext;
