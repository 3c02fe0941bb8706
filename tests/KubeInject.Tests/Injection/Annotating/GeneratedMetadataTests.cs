using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using KubeInject.Annotations;
using KubeInject.Injection.Annotating;
using KubeInject.Kubernetes.Objects;
using KubeInject.Manifests;
using KubeInject.Testing;
using static KubeInject.Tests.Injection.AnnotatingFixture;

namespace KubeInject.Tests.Injection;

/// <summary>Rules for changes to manifests of all kinds and layouts.</summary>
public sealed class GeneratedMetadataTests
{
    private const int Often = 500;

    private static readonly Arbitrary<int> Seeds = Gen.Choose(0, int.MaxValue).ToArbitrary();

    [Fact]
    public void Every_layout_has_the_requested_metadata_afterwards() => Prop.ForAll(Seeds, seed =>
    {
        var random = new Random(seed);
        var generator = new ManifestGenerator(seed);
        var generated = generator.Next();
        var changes = Changes(random, generator);
        var (text, result) = Run(generated.Text, changes);

        Assert.Null(result.Error);
        Assert.All(result.Pods, pod => Assert.True(pod.Error is null, $"{pod.Error}\n{string.Join('\n', changes.Select(change => change.ToString()))}\n{generated.Text}"));
        foreach (var (before, after) in Templates(generated.Text).Zip(Templates(text)))
        {
            foreach (var (field, was, @is) in new[] { (MetadataField.Annotation, before.Annotations, after.Annotations), (MetadataField.Label, before.Labels, after.Labels) })
                Assert.Equal(Sorted(Expected(was, changes.Where(change => change.Field == field))), Sorted(@is));
            Assert.Equal(before.Containers.SelectMany(container => container.Variables), after.Containers.SelectMany(container => container.Variables));
        }

        Assert.Equal((text, true), (Run(text, changes) is var again ? again.Text : "", again.Result.Pods.All(pod => pod.Status == AnnotationStatus.Unchanged)));
    }).CheckSeeded(Often);

    [Fact]
    public void Only_lines_of_the_change_are_added_or_removed() => Prop.ForAll(Seeds, seed =>
    {
        var generated = new ManifestGenerator(seed, onlyAddsLines: true).Next();
        var (text, _) = Run(generated.Text, Annotate("added", "x"), Unannotate($"{Prefix}db0.role"), new RenameMetadata(MetadataField.Annotation, $"{Prefix}db0.env-key-dbuser", "renamed"));
        var went = Lines(generated.Text);
        var came = Lines(text);
        foreach (var change in LineDiff.Between(went, came))
        {
            Assert.All(change.Removed, line => Assert.Contains($"{Prefix}db0.", line, StringComparison.Ordinal));
            Assert.All(change.Added, line => Assert.Matches("added|annotations|renamed", line));
        }
    }).CheckSeeded(Often);

    [Fact]
    public void Removing_a_set_value_restores_the_document() => Prop.ForAll(Seeds, seed =>
    {
        var generated = new ManifestGenerator(seed, onlyAddsLines: true).Next();
        var (with, _) = Run(generated.Text, Annotate("added/a", "x"), Annotate("added/b", "y"));
        var (without, _) = Run(with, Unannotate("added/a"), Unannotate("added/b"));
        Assert.Equal(Lines(generated.Text), Lines(without));
    }).CheckSeeded(Often);

    [Fact]
    public void A_diff_transforms_the_old_text_into_the_new_one() => Prop.ForAll(Seeds, seed =>
    {
        var random = new Random(seed);
        string[] Text() => [.. Enumerable.Range(0, random.Next(12)).Select(_ => $"{random.Next(4)}")];
        var (before, after) = (Text(), Text());
        var changes = LineDiff.Between(before, after);

        var patched = before.ToList();
        foreach (var change in changes.Reverse())
        {
            Assert.Equal(change.Removed, before.Skip(change.Start).Take(change.Removed.Count));
            patched.RemoveRange(change.Start, change.Removed.Count);
            patched.InsertRange(change.Start, change.Added);
            Assert.Equal(change.Added, after.Skip(change.NewStart).Take(change.Added.Count));
        }

        Assert.Equal(after, patched);
        Assert.Equal(before.Length + after.Length - (2 * LongestCommon(before, after)), changes.Sum(change => change.Removed.Count + change.Added.Count));
    }).CheckSeeded(Often);

    private static MetadataChange[] Changes(Random random, ManifestGenerator generator)
    {
        string[] keys = [$"{Prefix}db0.role", $"{Prefix}db0.env-key-dbuser", $"{Prefix}db1.role", "example.com/note"];
        var changes = new List<MetadataChange>();
        foreach (var key in keys)
        {
            switch (random.Next(4))
            {
                case 0:
                    changes.Add(Annotate(key, generator.WildText()));
                    break;
                case 1:
                    changes.Add(Unannotate(key));
                    break;
                case 2:
                    changes.Add(new RenameMetadata(MetadataField.Annotation, key, key + "-x"));
                    break;
            }
        }

        if (random.Next(2) == 0)
            changes.Add(new RemoveMetadata(MetadataField.Label, "vault-db-injector"));
        else
            changes.AddRange([Annotate($"{Prefix}new.role", generator.WildText()), Label("vault-db-injector", generator.WildText())]);
        return [.. changes];
    }

    private static Dictionary<string, string> Expected(IReadOnlyDictionary<string, string> before, IEnumerable<MetadataChange> changes)
    {
        var expected = before.ToDictionary();
        foreach (var change in changes)
        {
            if (change is SetMetadata set)
                expected[set.Key] = set.RawValue;
            else if (expected.Remove(change.Key, out var value) && change is RenameMetadata rename)
                expected[rename.NewKey] = value;
        }

        return expected;
    }

    private static IEnumerable<PodTemplate> Templates(string text) =>
        Manifest.Parse(new ManifestText(text)).Documents.SelectMany(document => document.PodTemplates).Select(template => template.Template);

    private static string Sorted(IReadOnlyDictionary<string, string> map) => JsonSerializer.Serialize(map.OrderBy(pair => pair.Key, StringComparer.Ordinal));

    // Without a final line break, the last line gets the carriage return of the other lines.
    private static string[] Lines(string text) => [.. text.Split('\n').Select(line => line.TrimEnd('\r'))];

    private static int LongestCommon(string[] a, string[] b)
    {
        var lengths = new int[a.Length + 1, b.Length + 1];
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
                lengths[i, j] = a[i - 1] == b[j - 1] ? lengths[i - 1, j - 1] + 1 : Math.Max(lengths[i - 1, j], lengths[i, j - 1]);
        }

        return lengths[a.Length, b.Length];
    }
}
