using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KubeInject.Annotations;
using KubeInject.Reports;

namespace KubeInject.Injector.Reports;

/// <summary>Writes findings in SARIF 2.1.0, the format of code scanning.</summary>
/// <remarks>https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html</remarks>
/// <param name="documentation">The meaning of each code.</param>
/// <param name="root">The folder of the repository, which file paths are relative to.</param>
internal sealed class SarifReport(FindingDocumentation documentation, string root) : IReportFormat
{
    private const string Schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
    private const string Root = "%SRCROOT%";

    // The fingerprint by which GitHub distinguishes results of the same rule.
    // (https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning)
    private const string Fingerprint = "primaryLocationLineHash";

    private static readonly string Version = typeof(SarifReport).Assembly.GetName().Version!.ToString(3);

    public void Write(IReadOnlyList<ReportedFinding> findings, TextWriter output)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, JsonReport.Readable))
            Write(findings, json);
        JsonReport.Write(buffer, output);
    }

    private void Write(IReadOnlyList<ReportedFinding> findings, Utf8JsonWriter json)
    {
        var codes = findings.DistinctBy(finding => finding.Code).OrderBy(finding => finding.Code, StringComparer.Ordinal).ToList();
        json.WriteStartObject();
        json.WriteString("$schema", Schema);
        json.WriteString("version", "2.1.0");
        json.WriteStartArray("runs");
        json.WriteStartObject();
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "kubeinject");
        json.WriteString("semanticVersion", Version);
        json.WriteString("informationUri", "https://github.com/kubeinject/kubeinject");
        json.WriteStartArray("rules");
        foreach (var finding in codes)
            WriteRule(finding, json);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteString("columnKind", "utf16CodeUnits");
        json.WriteStartObject("originalUriBaseIds");
        json.WriteStartObject(Root);
        WriteText(json, "description", "The folder that the program was run in.");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartArray("results");
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var finding in findings)
            WriteResult(finding, codes.FindIndex(rule => rule.Code == finding.Code), seen, json);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteRule(ReportedFinding finding, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id", finding.Code);
        if (documentation.Meaning(finding.Code) is { } meaning)
            WriteText(json, "shortDescription", meaning);
        json.WriteString("helpUri", finding.HelpUri);
        json.WriteStartObject("help");
        json.WriteString("text", $"Cause, example and remedy: {finding.HelpUri}");
        if (documentation.Text(finding.Code) is { } text)
            json.WriteString("markdown", text);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteResult(ReportedFinding finding, int rule, Dictionary<string, int> seen, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("ruleId", finding.Code);
        json.WriteNumber("ruleIndex", rule);
        json.WriteString("level", finding.Severity switch
        {
            FindingSeverity.Error => "error",
            FindingSeverity.Warning => "warning",
            _ => "note",
        });
        WriteText(json, "message", finding.Text);
        json.WriteStartArray("locations");
        if (finding.Line is not null || finding.Object is not null)
            WriteLocation(finding, json);
        json.WriteEndArray();
        json.WriteStartObject("partialFingerprints");
        json.WriteString(Fingerprint, FingerprintOf(finding, seen));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteLocation(ReportedFinding finding, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        if (finding.Line is { } line)
        {
            json.WriteStartObject("physicalLocation");
            json.WriteStartObject("artifactLocation");
            WriteArtifact(finding.File, json);
            json.WriteEndObject();
            json.WriteStartObject("region");
            json.WriteNumber("startLine", line);
            json.WriteNumber("startColumn", finding.Column ?? 1);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        if (finding.Object is { } name)
        {
            json.WriteStartArray("logicalLocations");
            json.WriteStartObject();
            json.WriteString("fullyQualifiedName", name);
            json.WriteString("kind", "resource");
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private void WriteArtifact(string? file, Utf8JsonWriter json)
    {
        if (file is null)
        {
            json.WriteString("uri", "stdin");
            return;
        }

        var relative = RelativePath.Of(file, root);
        if (RelativePath.LeadsOut(relative))
        {
            json.WriteString("uri", new Uri(Path.GetFullPath(file, root)).AbsoluteUri);
            return;
        }

        json.WriteString("uri", Escape(relative));
        json.WriteString("uriBaseId", Root);
    }

    /// <summary>Identifies a finding by code, file, object, and key, so that it does not change when lines move.</summary>
    private string FingerprintOf(ReportedFinding finding, Dictionary<string, int> seen)
    {
        var file = finding.File is null ? "" : RelativePath.Of(finding.File, root);
        var identity = string.Join('\n', finding.Code, file, finding.Object, finding.Key);
        var count = seen[identity] = seen.GetValueOrDefault(identity) + 1;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)).AsSpan(0, 8));
        return string.Create(CultureInfo.InvariantCulture, $"{hash}:{count}");
    }

    private static string Escape(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    private static void WriteText(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", text);
        json.WriteEndObject();
    }
}
