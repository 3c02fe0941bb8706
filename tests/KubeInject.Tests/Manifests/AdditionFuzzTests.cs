using System.Globalization;
using System.Text.Json.Nodes;
using FsCheck.Fluent;
using KubeInject.Manifests;
using KubeInject.Manifests.Editing;
using KubeInject.Manifests.Syntax;
using KubeInject.Testing;

namespace KubeInject.Tests.Manifests;

/// <summary>
/// Lines are added to any collection of any damaged manifest. If the added lines alone are read with the intended value,
/// they are read with it in the whole document. KUBEINJECT_FUZZ_RUNS=100000 runs more cases.
/// </summary>
public sealed class AdditionFuzzTests
{
    private const string Odd = "{}[]:-&*?!|>'\"%@`#,\n\r\t ~<\uFEFF+a";

    private static int Runs => int.Parse(Environment.GetEnvironmentVariable("KUBEINJECT_FUZZ_RUNS") is { Length: > 0 } runs ? runs : "3000", CultureInfo.InvariantCulture);

    [Fact]
    public void A_scalar_is_read_the_same_alone_and_in_its_document()
    {
        var cases = new CaseCounter();
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var text = new ManifestGenerator(seed).Next().Text;
            for (var i = random.Next(4); i > 0; i--)
                text = Damage(text, random);
            if (Read(text) is not { } manifest)
                return;
            foreach (var document in manifest.Documents.Where(document => document.Problem is null))
            {
                (ManifestChange Change, TextEdit[] Edits)[] changes = [.. Changes(document, random)
                    .Select(change => (change, TextEditor.GetEdits(text, change).Select(edit => random.Next(3) > 0 ? edit : Damage(edit, random)).ToArray()))];
                var byItself = ChangeVerifier.AreAdditionsAsMeant(document, changes);
                TextEdit[] edits = [.. changes.SelectMany(change => change.Edits)];
                var isInside = edits.All(edit => edit.Start + edit.Length <= document.Place.End.Value);
                var edited = isInside ? TextEdit.Apply(text, document.Place, edits) : "";
                var inDocument = isInside && ChangeVerifier.IsAsMeant(document, [.. changes.Select(change => change.Change)], edited);
                cases.Count($"{(byItself, inDocument)}");
                Assert.True(inDocument || !byItself, $"Seed {seed}:\n{document.Text}\n\n{edited}");
            }
        }).CheckSeeded(Runs);

        // The intended value alone, and in the document.
        cases.Require(Runs / 20, "(True, True)", "(False, True)", "(False, False)");
    }

    private static Manifest? Read(string text)
    {
        try
        {
            return Manifest.Parse(new ManifestText(text));
        }
        catch (ManifestException)
        {
            return null;
        }
    }

    /// <summary>One or two additions to collections that no alias repeats.</summary>
    private static IEnumerable<ManifestChange> Changes(ManifestDocument document, Random random)
    {
        ManifestNode[] places = [.. Collections(document.Syntax.Root).Where(node => node.Occurrences == 1)];
        random.Shuffle(places);
        foreach (var place in places.Take(random.Next(1, 3)))
        {
            if (place is SequenceNode list)
                yield return new AddItems(list, [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => Value(random, 1))], random.Next(4) == 0 ? random.Next(list.Items.Count) : list.Items.Count);
            else if (place is MappingNode mapping)
                yield return new AddEntry(mapping, random.Next(8) == 0 ? mapping.Entries[0].Key.Value : "added", Value(random, random.Next(3)), random.Next(2) == 0 ? null : mapping.Entries[random.Next(mapping.Entries.Count)]);
        }
    }

    private static IEnumerable<ManifestNode> Collections(ManifestNode? node) => node switch
    {
        MappingNode { Entries.Count: > 0 } mapping => mapping.Entries.SelectMany(entry => Collections(entry.Value)).Prepend(mapping),
        SequenceNode { Items.Count: > 0 } list => list.Items.SelectMany(Collections).Prepend(list),
        _ => [],
    };

    private static JsonNode Value(Random random, int kind) => kind switch
    {
        0 => JsonValue.Create(new ManifestGenerator(random.Next()).WildText()),
        1 => new JsonObject { ["name"] = "NAME", ["value"] = new ManifestGenerator(random.Next()).WildText() },
        _ => new JsonArray(new JsonObject { ["name"] = "NAME", ["value"] = "value" }),
    };

    private static TextEdit Damage(TextEdit edit, Random random) => random.Next(3) switch
    {
        0 => edit with { Replacement = $" {edit.Replacement.Replace("\n", "\n ", StringComparison.Ordinal).TrimEnd(' ')}" },
        1 => edit with { Replacement = edit.Replacement.Replace("\n  ", "\n", StringComparison.Ordinal) },
        _ => edit with { Replacement = Damage(edit.Replacement, random) },
    };

    private static string Damage(string text, Random random)
    {
        var at = random.Next(text.Length + 1);
        return random.Next(3) switch
        {
            0 when at < text.Length => text.Remove(at, 1),
            1 when text.IndexOf('\n', at) is var lineEnd and >= 0 => text.Remove(lineEnd, 1).Insert(lineEnd, $"{"\r\u0085\u2028"[random.Next(3)]}"),
            _ => text.Insert(at, $"{Odd[random.Next(Odd.Length)]}"),
        };
    }
}
