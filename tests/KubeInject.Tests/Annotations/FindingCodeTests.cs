using System.Reflection;
using System.Text.RegularExpressions;
using KubeInject.Annotations;
using KubeInject.Testing;
using static KubeInject.Tests.Annotations.TestPods;

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

    // What a cluster shows has its samples in a cluster.
    [Fact]
    public void Every_code_has_a_sample() =>
        Assert.Equal(Codes.Where(code => !IsOfCluster(code)).Order(StringComparer.Ordinal), FindingSamples.All.Select(sample => sample.Code).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Every_sample_has_its_finding() =>
        Assert.All(FindingSamples.All, sample => Assert.Contains(Read(sample.Pod).Findings, finding => finding.Code == sample.Code));

    [Fact]
    public void Every_finding_names_object_key_and_way_out_in_one_sentence_each() =>
        Assert.All(FindingSamples.All.SelectMany(sample => Read(sample.Pod).Findings), finding =>
        {
            Assert.Equal("shop/deployment/orders", finding.Object.ToString());
            Assert.True(finding.Key == "vault-db-injector" || finding.Key!.StartsWith(InjectionAnnotation.Prefix, StringComparison.Ordinal));
            Assert.EndsWith(".", finding.Message, StringComparison.Ordinal);
            Assert.EndsWith(".", finding.Suggestion, StringComparison.Ordinal);
            Assert.DoesNotContain(". ", finding.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(". ", finding.Suggestion, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', finding.ToString());
        });

    [Fact]
    public void The_page_of_findings_has_every_code_with_its_severities()
    {
        var produced = FindingSamples.All
            .Select(sample => (sample.Code, Read(sample.Pod).Findings.First(finding => finding.Code == sample.Code).Severity))
            .Distinct()
            .GroupBy(pair => pair.Code, pair => pair.Severity)
            .Select(group => $"{group.Key} {string.Join(", ", group.OrderDescending())}");
        var documented = Row().Matches(File.ReadAllText(Repository.File("docs", "findings.md")))
            .Where(row => !IsOfCluster(row.Groups[1].Value))
            .Select(row => $"{row.Groups[1].Value} {row.Groups[2].Value}");
        Assert.Equal(produced.Order(StringComparer.Ordinal), documented);
    }

    [Fact]
    public void The_page_of_findings_has_a_row_and_a_section_for_every_code_of_a_cluster()
    {
        var page = File.ReadAllText(Repository.File("docs", "findings.md"));
        var rows = Row().Matches(page).Select(row => $"{row.Groups[1].Value} {row.Groups[2].Value}").Where(IsOfCluster);
        var sections = Section().Matches(page).Select(section => $"{section.Groups[1].Value} {section.Groups[2].Value}").Where(IsOfCluster).ToList();

        Assert.Equal(Codes.Where(IsOfCluster), sections.Select(section => section[..5]));
        Assert.Equal(sections, rows);
    }

    private static bool IsOfCluster(string code) => code.StartsWith("KI1", StringComparison.Ordinal);

    [GeneratedRegex(@"^\| (KI\d{3}) \| ([A-Za-z, ]+?) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^### (KI\d{3})\n\*\*([A-Za-z, ]+)\.\*\* .+\nCause: .+\nExample:\n\n```\w+\n(?:.+\n)+?```\n\nRemedy: .+$", RegexOptions.Multiline)]
    private static partial Regex Section();
}
