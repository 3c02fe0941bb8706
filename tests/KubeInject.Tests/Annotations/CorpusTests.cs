using KubeInject.Annotations;
using KubeInject.Manifests;
using KubeInject.Testing;

namespace KubeInject.Tests.Annotations;

/// <summary>The findings of the documents of the corpus, with their lines.</summary>
public sealed class CorpusTests
{
    public static TheoryData<string> WithFindings => [.. CorpusDocument.WithFindings.Select(document => document.Name)];

    public static TheoryData<string> Sound => [.. CorpusDocument.Sound.Select(document => document.Name)];

    [Theory]
    [MemberData(nameof(WithFindings))]
    public void A_document_has_exactly_the_expected_findings(string name)
    {
        var document = CorpusDocument.WithFindings.Single(document => document.Name == name);
        Assert.NotEmpty(document.Expected);
        Assert.Equal(Lines(document.Expected), Lines(Findings(document.Text).Select(finding => new ExpectedFinding(finding.Line!.Value, finding.Code, finding.Key))));
    }

    [Theory]
    [MemberData(nameof(Sound))]
    public void A_valid_document_has_no_findings(string name)
    {
        var document = CorpusDocument.Sound.Single(document => document.Name == name);
        Assert.Empty(document.Expected);
        Assert.Empty(Findings(document.Text));
        Assert.NotEmpty(Manifest.Parse(new ManifestText(document.Text)).Documents.SelectMany(part => part.PodTemplates));
    }

    [Fact]
    public void The_corpus_is_large_enough()
    {
        Assert.InRange(CorpusDocument.WithFindings.Count, 120, int.MaxValue);
        Assert.InRange(CorpusDocument.Sound.Count, 40, int.MaxValue);
    }

    [Fact]
    public void The_examples_have_no_findings()
    {
        var examples = Directory.GetFiles(Repository.File("examples"));
        Assert.NotEmpty(examples);
        Assert.All(examples, file =>
            Assert.DoesNotContain(Findings(File.ReadAllText(file)), finding => finding.Severity >= FindingSeverity.Warning));
    }

    [Fact]
    public void Generated_valid_manifests_have_no_findings()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var text = new ValidManifestGenerator(seed).Next();
            Assert.True(Findings(text).ToList() is [], $"seed {seed}: {string.Join('\n', Findings(text))}\n{text}");
        }
    }

    private static IEnumerable<Finding> Findings(string text) =>
        from document in Manifest.Parse(new ManifestText(text)).Documents
        from template in document.PodTemplates
        from injection in template.ReadInjections(InjectionOptions.Default)
        from finding in injection.Findings
        select finding;

    private static string Lines(IEnumerable<ExpectedFinding> findings) =>
        string.Join('\n', findings.OrderBy(finding => finding.Line).Select(finding => finding.ToString()).Order(StringComparer.Ordinal));
}
