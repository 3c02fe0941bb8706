using KubeInject.Annotations;
using KubeInject.Injection.Annotating;
using KubeInject.Manifests;
using KubeInject.Testing;

namespace KubeInject.Tests.Injection;

/// <summary>All fixable findings of the corpus are fixed, and nothing else changes.</summary>
public sealed class CorpusRepairTests
{
    // A value that an alias repeats: a fix here would also change the other location.
    private const string Shared = "findings/value-anchored.yaml";

    public static TheoryData<string> Mendable =>
    [
        .. CorpusDocument.WithFindings
            .Where(document => document.Name != Shared && Findings(document.Text).Any(finding => finding.Fix is not null))
            .Select(document => document.Name),
    ];

    [Theory]
    [MemberData(nameof(Mendable))]
    public void A_document_is_fixed(string name)
    {
        var document = CorpusDocument.WithFindings.Single(document => document.Name == name);
        var before = Findings(document.Text);
        var (text, result) = AnnotatingFixture.Run(document.Text, new AnnotationRepair());

        Assert.Null(result.Error);
        Assert.All(result.Pods, pod => Assert.Null(pod.Error));
        var after = Findings(text);
        Assert.DoesNotContain(after, finding => finding.Fix is not null);
        if (before.All(finding => finding.Severity != FindingSeverity.Error || finding.Fix is not null))
            Assert.DoesNotContain(after, finding => finding.Severity == FindingSeverity.Error);

        OnlyMetadataDiffers(document.Text, text);
        Assert.Equal(text, AnnotatingFixture.Run(text, new AnnotationRepair()).Text);
    }

    [Fact]
    public void A_fix_that_would_affect_other_objects_is_rejected_with_its_location()
    {
        var document = CorpusDocument.WithFindings.Single(document => document.Name == Shared);
        var (text, result) = AnnotatingFixture.Run(document.Text, new AnnotationRepair());
        Assert.Equal("", text);
        Assert.StartsWith("<input>:8:48: This is part of &role, which is also used in line 9", Assert.Single(result.Pods).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_are_fixed_before_warnings()
    {
        var text = CorpusDocument.WithFindings.Single(document => document.Name == "findings/prefix-misspelled-of-mode.yaml").Text;
        var fixedText = AnnotatingFixture.Run(text, new AnnotationRepair()).Text;
        Assert.Contains("db-creds-injector.numberly.io/orders.mode: uri", fixedText, StringComparison.Ordinal);
        Assert.DoesNotContain("orders.env-key-dbuser:", fixedText, StringComparison.Ordinal);
        Assert.DoesNotContain(Findings(fixedText), finding => finding.Severity > FindingSeverity.Information);
    }

    [Fact]
    public void The_corpus_has_documents_to_fix() => Assert.NotEmpty(Mendable);

    // Every added or removed line belongs to a key of a fix, to its value, or to the parent mapping.
    private static void OnlyMetadataDiffers(string before, string after)
    {
        var values = Manifest.Parse(new ManifestText(before)).Documents.SelectMany(document => document.PodTemplates)
            .SelectMany(template => Changed(before).Select(key => template.Template.Annotations.GetValueOrDefault(key))).OfType<string>().ToList();
        var keys = Changed(before).Concat(Changed(after)).Append("labels").Append("annotations").Append("metadata").ToHashSet();
        foreach (var change in LineDiff.Between(before.Split('\n'), after.Split('\n')))
            Assert.All(change.Removed.Concat(change.Added), line => Assert.True(line.Trim().Length == 0 || before.TrimStart().StartsWith('{') || keys.Any(key => line.Contains(key, StringComparison.Ordinal))
                || values.Exists(value => value.Split('\n').Contains(line.Trim())), line));
    }

    private static IEnumerable<string> Changed(string text) => Findings(text).Where(finding => finding.Fix is not null)
        .SelectMany(finding => finding.Fix!.Changes).SelectMany(change => change is RenameMetadata rename ? new[] { rename.Key, rename.NewKey } : [change.Key]);

    private static List<Finding> Findings(string text) =>
    [
        .. from document in Manifest.Parse(new ManifestText(text)).Documents
           from template in document.PodTemplates
           from injection in template.ReadInjections(InjectionOptions.Default)
           from finding in injection.Findings
           select finding,
    ];
}
