using System.Reflection;
using System.Text.RegularExpressions;
using KubeInject.Annotations;
using KubeInject.Annotations.Dialects;
using KubeInject.Kubernetes.Objects;
using KubeInject.Testing;

namespace KubeInject.Tests.Annotations;

public sealed partial class FindingCodeTests
{
    private static readonly string[] Codes =
        [.. typeof(FindingCode).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!)];

    [Fact]
    public void Every_code_is_unique_and_well_formed()
    {
        Assert.Equal(Codes.Length, Codes.Distinct().Count());
        Assert.All(Codes, code => Assert.Matches(@"^KI\d{3}$", code));
    }

    /// <summary>Codes of a single document. The code of several injectors needs several dialects, and unreadable objects have no findings.</summary>
    private static IEnumerable<string> OfDocuments =>
        Codes.Where(code => string.CompareOrdinal(code, "KI070") < 0 && code is not (FindingCode.MultipleInjectors or FindingCode.UnreadableManifest));

    [Fact]
    public void Every_code_has_a_sample() =>
        Assert.Equal(OfDocuments.Order(StringComparer.Ordinal), FindingSamples.All.Select(sample => sample.Code).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Every_sample_has_its_finding() =>
        Assert.All(FindingSamples.All, sample => Assert.Contains(FindingsOf(sample.Pod), finding => finding.Code == sample.Code));

    [Fact]
    public void Every_finding_has_an_object_a_key_and_a_message_and_a_suggestion_of_one_sentence() =>
        Assert.All(FindingSamples.All.SelectMany(sample => FindingsOf(sample.Pod)), finding =>
        {
            Assert.Equal("shop/deployment/orders", finding.Object.ToString());
            Assert.True(finding.Key is "PGPASSWORD" || finding.Key!.StartsWith("vault-db-inject", StringComparison.Ordinal) || finding.Key.StartsWith("db-creds-injector.numberl", StringComparison.Ordinal) || DialectKey.Of(finding.Key!) is not null || DialectKey.NearlyOf(finding.Key!) is not null);
            Assert.EndsWith(".", finding.Message, StringComparison.Ordinal);
            Assert.EndsWith(".", finding.Suggestion, StringComparison.Ordinal);
            Assert.DoesNotContain(". ", finding.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(". ", finding.Suggestion, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', finding.ToString());
        });

    [Fact]
    public void Every_code_of_documents_occurs_in_the_corpus() =>
        Assert.Empty(OfDocuments.Append(FindingCode.MultipleInjectors).Except(CorpusDocument.WithFindings.SelectMany(document => document.Expected).Select(finding => finding.Code)));

    [Fact]
    public void The_page_of_findings_has_a_row_and_a_section_for_every_code()
    {
        var page = File.ReadAllText(Repository.File("docs", "findings.md"));
        var rows = Row().Matches(page).Select(row => row.Groups[1].Value).ToList();
        Assert.Equal(Codes.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
        var sections = page.Split("\n### ").Skip(1).ToDictionary(section => section[..5], section => section.Split("\n## ")[0]);
        Assert.Equal(Codes.Order(StringComparer.Ordinal), sections.Keys.Order(StringComparer.Ordinal));
        Assert.All(sections.Values, section => Assert.Matches(Section(), section));
        Assert.All(Row().Matches(page), row => Assert.Contains($"**{row.Groups[2].Value}.**", sections[row.Groups[1].Value], StringComparison.Ordinal));
    }

    [Fact]
    public void The_page_of_findings_has_the_severities_of_every_code_of_documents()
    {
        var produced = FindingSamples.All
            .Select(sample => (sample.Code, FindingsOf(sample.Pod).First(finding => finding.Code == sample.Code).Severity))
            .Distinct()
            .GroupBy(pair => pair.Code, pair => pair.Severity)
            .Select(group => $"{group.Key} {string.Join(", ", group.OrderDescending())}");
        var documented = Row().Matches(File.ReadAllText(Repository.File("docs", "findings.md")))
            .Where(row => OfDocuments.Contains(row.Groups[1].Value))
            .Select(row => $"{row.Groups[1].Value} {row.Groups[2].Value}");
        Assert.Equal(produced.Order(StringComparer.Ordinal), documented);
    }

    private static IEnumerable<Finding> FindingsOf(PodTemplate pod) =>
        PodInjections.ReadAll(pod, InjectionOptions.Default).SelectMany(injection => injection.Findings);

    [GeneratedRegex(@"^\| (KI\d{3}) \| ([A-Za-z, ]+?) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"\AKI\d{3}\s+\*\*[A-Za-z, ]+\.\*\* .+^Cause: .+^Example:\s.*^```.*^Remedy: ", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Section();
}
