using FsCheck;
using FsCheck.Fluent;
using KubeInject.Manifests;
using KubeInject.Manifests.Syntax;
using KubeInject.Testing;

namespace KubeInject.Tests.Manifests;

/// <summary>One parser reads several parts of a text, but each part is read as if it were alone.</summary>
public sealed class YamlReaderTests
{
    private static readonly string[] Parts =
    [
        "a: 1\n", "a: [1, {b: c}]\n", "- &x a\n- *x\n", "a: *x\n", "a: &x {b: *x}\n", "a: \"open\n", "a: 'open\n", "a: [open\n", "a: b: c\n", "\tb: 1\n",
        "", "\n", "# comment\n", "text\n", "|\n  text\n", ">-\n  text\n\n\n", "a: |+\n  text\n\n\n", "a: !t 1\n", "a: !e!t 1\n", "a: 1\n...\nb: 2\n", "a: 1\n...\n# comment\n",
        "a: 1\n...\n%TAG !e! tag:example.org,2000:\n--- \na: !e!t 1\n", "a: 1\n...\n%YAML 1.2\n---\na: 1\n", "%x\n", "a: %x\n", "a: =\n", "a: 1\na: 2\n", "? a\n: b\n", "{{ x }}: 1\n", "a: 1\r\nb:\r\n  - 2\r\n", "\"--- a\"\n",
    ];

    private static readonly string[] Separators = ["---\n", "--- \n", "--- # comment\n", "---\r\n", "---\t\n", "--- ", "---"];

    [Fact]
    public void Parts_are_independent() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var random = new Random(seed);
        var content = Pick(random, "", "\uFEFF", "# first\n", "%YAML 1.2\n---\n", "---\n");
        for (var i = random.Next(1, 7); i > 0; i--)
            content += (random.Next(3) == 0 ? ScalarGenerator.Document(random) : Pick(random, Parts)) + (i == 1 ? "" : Pick(random, Separators));
        var text = new ManifestText(content);

        var expected = YamlSplitter.Split(content, content.StartsWith('\uFEFF') ? 1 : 0).SelectMany(part => new YamlPartReader(text, part.Start, part.End).Read());
        Assert.Equal(expected.Select(Describe), YamlReader.Read(text).Select(Describe));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));

    private static string Describe(SyntaxDocument document) => $"{document.End} {document.Problem?.Message} {Describe(document.Root)}";

    private static string Describe(ManifestNode? node) => node switch
    {
        null => "none",
        ScalarNode scalar => $"{Place(scalar)}{scalar.Style}'{scalar.Value}'",
        AliasNode alias => $"{Place(alias)}*{alias.Target.Start}",
        SequenceNode list => $"{Place(list)}{list.IsFlow}[{string.Join(", ", list.Items.Select(Describe))}]",
        MappingNode mapping => $"{Place(mapping)}{mapping.IsFlow}{{{string.Join(", ", mapping.Entries.Select(entry => $"{Describe(entry.Key)}: {Describe(entry.Value)}"))}}}",
        _ => throw new ArgumentOutOfRangeException(nameof(node)),
    };

    private static string Place(ManifestNode node) => $"{node.Start}-{node.End} {node.Anchor} {node.Tag} ";

    private static string Pick(Random random, params string[] values) => values[random.Next(values.Length)];
}
