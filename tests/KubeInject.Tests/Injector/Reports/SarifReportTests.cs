using System.Text.Json;
using KubeInject.Annotations;
using KubeInject.Injector.Reports;
using KubeInject.Reports;
using KubeInject.Testing;
using NJsonSchema;

namespace KubeInject.Tests.Injector.Reports;

/// <summary>SARIF 2.1.0 that is valid for its schema, with fingerprints that code scanning can track between runs.</summary>
public sealed class SarifReportTests
{
    private static readonly FindingDocumentation Manual = new("# Findings\n\n### KI003\n**Error.** A database has no role. More.\nCause: …\n\n### KI013\n**Warning.** No label.\n");

    [Fact]
    public async Task The_report_is_valid_for_the_SARIF_schema()
    {
        var schema = await JsonSchema.FromFileAsync(Repository.File("tests", "KubeInject.Tests", "Injector", "Reports", "sarif-schema-2.1.0.json"));

        Assert.Empty(schema.Validate(Written(ReportTests.All)));
        Assert.Empty(schema.Validate(Written([])));
        Assert.NotEmpty(schema.Validate(Written(ReportTests.All).Replace("\"error\"", "\"fatal\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_result_has_a_rule_a_level_and_a_location()
    {
        var run = Run(ReportTests.All);
        var rules = run.GetProperty("tool").GetProperty("driver").GetProperty("rules").EnumerateArray().ToList();
        var results = run.GetProperty("results").EnumerateArray().ToList();

        Assert.Equal(["KI000", "KI003", "KI013"], rules.Select(rule => rule.GetProperty("id").GetString()));
        Assert.All(results, result => Assert.Equal(result.GetProperty("ruleId").GetString(), rules[result.GetProperty("ruleIndex").GetInt32()].GetProperty("id").GetString()));
        Assert.Equal(["error", "warning", "error"], results.Select(result => result.GetProperty("level").GetString()));
        var place = results[0].GetProperty("locations")[0].GetProperty("physicalLocation");
        Assert.Equal("""{"uri":"deploy/orders.yaml","uriBaseId":"%SRCROOT%"}""", Compact(place.GetProperty("artifactLocation")));
        Assert.Equal("""{"startLine":12,"startColumn":5}""", Compact(place.GetProperty("region")));
        Assert.False(results[1].GetProperty("locations")[0].TryGetProperty("physicalLocation", out _));
        Assert.Equal("shop/deployment/orders", results[1].GetProperty("locations")[0].GetProperty("logicalLocations")[0].GetProperty("fullyQualifiedName").GetString());
    }

    [Fact]
    public void A_rule_has_the_text_of_the_findings_page()
    {
        var rule = Run(ReportTests.All).GetProperty("tool").GetProperty("driver").GetProperty("rules")[1];

        Assert.Equal("A database has no role.", rule.GetProperty("shortDescription").GetProperty("text").GetString());
        Assert.StartsWith("**Error.** A database has no role. More.\nCause", rule.GetProperty("help").GetProperty("markdown").GetString(), StringComparison.Ordinal);
        Assert.EndsWith("#ki003", rule.GetProperty("helpUri").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Paths_are_relative_URIs_if_possible()
    {
        Assert.Equal(("a%20b/c%23.yaml", true), Uri("/repo/a b/c#.yaml"));
        Assert.Equal(("file:///else%20where/x.yaml", false), Uri("/else where/x.yaml"));

        static (string, bool) Uri(string file)
        {
            var artifact = Run([ReportedFinding.Of(ReportTests.Missing with { Location = new SourceLocation(file, 1, 1) })])
                .GetProperty("results")[0].GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("artifactLocation");
            return (artifact.GetProperty("uri").GetString()!, artifact.TryGetProperty("uriBaseId", out _));
        }
    }

    [Fact]
    public void A_finding_keeps_its_unique_fingerprint_when_lines_move()
    {
        var moved = ReportTests.Missing with { Location = ReportTests.Missing.Location! with { Line = 99 } };
        var another = ReportTests.Missing with { Key = "db-creds-injector.numberly.io/other.role" };

        var prints = Fingerprints([ReportTests.Missing, another, ReportTests.Missing]);

        Assert.Equal(3, prints.Distinct().Count());
        Assert.Equal(Fingerprints([ReportTests.Missing])[0], Fingerprints([moved])[0]);
        Assert.Equal(prints[0], Fingerprints([moved])[0]);

        static List<string> Fingerprints(Finding[] findings) =>
            [.. Run([.. findings.Select(ReportedFinding.Of)]).GetProperty("results").EnumerateArray().Select(result => result.GetProperty("partialFingerprints").GetProperty("primaryLocationLineHash").GetString()!)];
    }

    private static JsonElement Run(ReportedFinding[] findings) => JsonDocument.Parse(Written(findings)).RootElement.GetProperty("runs")[0];

    private static string Written(ReportedFinding[] findings) => ReportTests.Written(new SarifReport(Manual, "/repo"), findings);

    private static string Compact(JsonElement element) => JsonSerializer.Serialize(element);
}
