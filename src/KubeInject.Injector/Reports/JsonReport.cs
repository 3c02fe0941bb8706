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

    public void Write(IReadOnlyList<ReportedFinding> findings, TextWriter output)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Readable))
            JsonSerializer.Serialize(json, findings, ReportJson.Default.IReadOnlyListReportedFinding);
        output.WriteLine(Encoding.UTF8.GetString(buffer.ToArray()));
    }
}

/// <summary>How findings are written as JSON.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<ReportedFinding>))]
internal sealed partial class ReportJson : JsonSerializerContext;
