using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using KubeInject.Manifests;
using KubeInject.Manifests.Syntax;
using KubeInject.Testing;

namespace KubeInject.Tests.Manifests;

/// <summary>A text that is read in parts says what it says as a whole.</summary>
public sealed class YamlPartsTests
{
    [Fact]
    public void A_text_in_parts_gives_the_same_documents_at_the_same_places() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var generator = new ManifestGenerator(seed);
        var text = new ManifestText(string.Join("\n---\n", Enumerable.Range(0, 6).Select(_ => generator.Next().Text)));

        Assert.Equal(Describe(() => YamlReader.Read(text, [0..text.Content.Length], document => document)), Describe(() => YamlReader.Read(text, YamlParts.Of(text.Content, 4), document => document)));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Theory]
    [InlineData("a: 1\nb: 2\nc: 3\n---\nd: 4\n", 2)]
    [InlineData("a: 1\r\nb: 2\r\nc: 3\r\nd: 4\r\n--- # two\r\ne: 5\r\n---", 2)]
    [InlineData("a: 1\n----\n---b\n--- ", 2)]
    [InlineData("a: 1\n", 1)]
    [InlineData("a: |\n  x\n  ---\n  y\n", 1)]
    [InlineData("%YAML 1.1\n---\na: 1\n---\nb: 2\n", 1)]
    [InlineData("a: 1\n...\n%TAG ! x\n---\nb: 2\n", 1)]
    public void A_text_is_divided_where_documents_start(string text, int parts)
    {
        var found = YamlParts.Of(text, 2);

        Assert.Equal(parts, found.Count);
        Assert.Equal(text, string.Concat(found.Select(part => text[part])));
    }

    [Theory]
    [InlineData("# nothing but a comment\n---\na: 1\n")]
    [InlineData("a: 1\n---\nb: [1\n")]
    [InlineData("a: [1\n---\nb: 2\n")]
    [InlineData("a: 'x\n---\ny'\n")]
    [InlineData("a: &x 1\n---\nb: *x\n")]
    [InlineData("\uFEFFa: 1\n---\nb: 2\n")]
    [InlineData("a: 1\n...\n---\n...\n--- |\n x\n")]
    public void Parts_are_read_or_refused_as_the_whole_is(string content)
    {
        var text = new ManifestText(content);

        Assert.Equal(Describe(() => YamlReader.Read(text, [0..content.Length], document => document)), Describe(() => YamlReader.Read(text, YamlParts.Of(content, 2), document => document)));
    }

    private static string Describe(Func<List<SyntaxDocument>> read)
    {
        try
        {
            var description = new StringBuilder();
            foreach (var document in read())
            {
                description.Append(CultureInfo.InvariantCulture, $"{document.Start}..{document.End}: ");

                // Nothing has no place: the parser gives it that of what comes next.
                if (document.Root is not ScalarNode { IsNull: true })
                    Describe(document.Root, description);
                description.Append('\n');
            }

            return description.ToString();
        }
        catch (ManifestException exception)
        {
            return exception.Message;
        }
    }

    private static void Describe(ManifestNode? node, StringBuilder description)
    {
        description.Append(CultureInfo.InvariantCulture, $"{node?.Start}..{node?.End} {node?.Anchor} {node?.Tag} ");
        switch (node)
        {
            case ScalarNode scalar:
                description.Append(CultureInfo.InvariantCulture, $"{scalar.Style} {scalar.Value} ");
                break;
            case SequenceNode sequence:
                sequence.Items.ForEach(item => Describe(item, description));
                break;
            case MappingNode mapping:
                mapping.Entries.ForEach(entry =>
                {
                    Describe(entry.Key, description);
                    Describe(entry.Value, description);
                });
                break;
        }
    }
}
