using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlStyle = YamlDotNet.Core.ScalarStyle;

namespace KubeInject.Manifests.Syntax;

/// <summary>Parses a part of a YAML text, which usually has one document.</summary>
internal sealed class YamlPartReader
{
    private readonly ManifestText text;
    private readonly int start;
    private readonly int end;
    private readonly List<SyntaxDocument> documents = [];
    private readonly Dictionary<string, ManifestNode> anchors = new(StringComparer.Ordinal);
    private TolerantText? source;
    private int origin;
    private NodeBuilder? builder;
    private int flowDepth;
    private int flowStart;

    /// <summary>Creates a reader.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">The offset of the part.</param>
    /// <param name="end">The offset after the part.</param>
    public YamlPartReader(ManifestText text, int start, int end)
    {
        this.text = text;
        this.start = start;
        this.end = end;
    }

    /// <summary>Reads the documents with a parser that reads several parts. If a document cannot be read, returns null.</summary>
    /// <param name="parser">The parser, after the part before.</param>
    public IReadOnlyList<SyntaxDocument>? TryRead(MultiPartParser parser)
    {
        origin = parser.Origin;
        if (!parser.IsAt(start))
            return null;
        try
        {
            ReadDocuments(parser.Parser);
            return documents;
        }
        catch (ManifestException)
        {
            return null;
        }
    }

    /// <summary>Reads the documents with their own parser. If one cannot be read, it is the last and contains the rest of the part.</summary>
    public IReadOnlyList<SyntaxDocument> Read()
    {
        origin = start;
        source = new TolerantText(text.Content[start..end]);
        while (true)
        {
            documents.Clear();
            builder = null;
            flowDepth = 0;
            try
            {
                ReadDocuments(new Parser(new StringReader(source.Content)));
                return documents;
            }
            catch (ManifestException exception)
            {
                if (exception.InnerException is { } error && source.TryAdapt(error, flowDepth > 0 ? flowStart : null))
                    continue;
                documents.Add(new SyntaxDocument(null, start, end, exception));
                return documents;
            }
        }
    }

    private void ReadDocuments(Parser parser)
    {
        // A parser of several parts is already at the start of the first document.
        while ((builder is null && parser.Current is DocumentStart) || MoveNext(parser))
        {
            CountFlow(parser.Current!);
            switch (parser.Current)
            {
                case DocumentStart document when source is null && At(document.Start) >= end:
                    Complete(end);
                    return;
                case DocumentStart document:
                    Complete(At(document.Start));
                    builder = new NodeBuilder(text);
                    anchors.Clear();
                    break;
                case MappingStart mapping:
                    Open(new MappingNode(At(mapping.Start), mapping.Style == MappingStyle.Flow) { Anchor = Name(mapping.Anchor), Tag = Name(mapping.Tag) });
                    break;
                case SequenceStart sequence:
                    Open(new SequenceNode(At(sequence.Start), sequence.Style == SequenceStyle.Flow) { Anchor = Name(sequence.Anchor), Tag = Name(sequence.Tag) });
                    break;
                case MappingEnd closing:
                    var closed = (MappingNode)builder!.Current;
                    var last = closed.Entries.Count == 0 ? closed.Start : Math.Max(closed.Entries[^1].Key.End, closed.Entries[^1].Value.End);
                    builder.CheckKeys(closed);
                    builder.Close(closed.IsFlow ? At(closing.Start) + 1 : last);
                    break;
                case SequenceEnd closing:
                    var list = (SequenceNode)builder!.Current;
                    builder.Close(list.IsFlow ? At(closing.Start) + 1 : list.Items.Count == 0 ? list.Start : list.Items[^1].End);
                    break;
                case Scalar scalar:
                    var node = new ScalarNode(At(scalar.Start), source?.OriginalValue(scalar.Value) ?? scalar.Value, Style(scalar.Style)) { Anchor = Name(scalar.Anchor), Tag = Name(scalar.Tag) };
                    node.End = node.Start + EndOf(scalar, text.Content.AsSpan(node.Start, At(scalar.End) - node.Start));
                    Remember(node);
                    builder!.Add(node);
                    break;
                case AnchorAlias alias:
                    AddAlias(alias);
                    break;
            }
        }

        Complete(end);
    }

    private void CountFlow(ParsingEvent current)
    {
        if (current is MappingStart { Style: MappingStyle.Flow } or SequenceStart { Style: SequenceStyle.Flow })
        {
            if (flowDepth++ == 0)
                flowStart = (int)current.Start.Index;
        }
        else if (flowDepth > 0 && current is MappingEnd or SequenceEnd)
        {
            flowDepth--;
        }
    }

    private void Complete(int at)
    {
        if (builder is not null)
            documents.Add(new SyntaxDocument(builder.Root, start, at, builder.Duplicate));
    }

    private void Open(ManifestNode node)
    {
        builder!.Open(node);
        Remember(node);
    }

    private void Remember(ManifestNode node)
    {
        if (node.Anchor is not null)
            anchors[node.Anchor] = node;
    }

    private void AddAlias(AnchorAlias alias)
    {
        var name = alias.Value.Value;
        if (!anchors.TryGetValue(name, out var target))
            throw new ManifestException(text.LocationAt(At(alias.Start)), $"The alias *{name} has no anchor &{name} before it in this document. Add the anchor, or correct the name.");

        if (builder!.IsOpen(target))
            throw new ManifestException(text.LocationAt(At(alias.Start)), $"The alias *{name} is inside its own anchor &{name}. Remove the alias.");

        var reference = new AliasNode(At(alias.Start), target) { End = At(alias.End) };
        target.AddAlias(reference);
        builder.Add(reference);
    }

    private bool MoveNext(Parser parser)
    {
        var reached = parser.Current?.End ?? Mark.Empty;
        try
        {
            return parser.MoveNext();
        }
        catch (Exception exception) when (exception is YamlException or InvalidOperationException or ArgumentException)
        {
            // On some malformed text the parser throws other exceptions, which have no position.
            var at = At(exception is YamlException { Start: var position } ? position : reached);
            var problem = exception is YamlException ? Sentence(exception.Message) : "It ends unexpectedly here.";
            throw new ManifestException(text.LocationAt(at), $"This is not YAML: {problem}{TemplateHint(at)}", exception);
        }
    }

    private int At(Mark position) => Math.Min(origin + (source?.OriginalOffset((int)position.Index) ?? (int)position.Index), end);

    /// <summary>
    /// Returns the end of a scalar without the following line breaks. The parser includes the empty lines after a block
    /// scalar. Unless they are kept (<c>|+</c>), they are not part of the value, and new lines are inserted before them.
    /// </summary>
    private static int EndOf(Scalar scalar, ReadOnlySpan<char> token)
    {
        var isBlock = scalar.Style is YamlStyle.Literal or YamlStyle.Folded;
        if (!isBlock)
            return scalar.Style == YamlStyle.Plain ? token.TrimEnd().Length : token.Length;

        var header = token.IndexOf('\n') is var lineEnd && lineEnd < 0 ? token : token[..lineEnd];
        if (!header.Contains('+'))
            return token.TrimEnd("\r\n").Length;
        return token.EndsWith("\r\n") ? token.Length - 2 : token.EndsWith("\n") ? token.Length - 1 : token.Length;
    }

    private static string? Name(AnchorName anchor) => anchor.IsEmpty ? null : anchor.Value;

    private static string? Name(TagName tag) => tag.IsEmpty ? null : tag.IsNonSpecific ? "!" : tag.Value;

    private static ScalarStyle Style(YamlStyle style) => style switch
    {
        YamlStyle.SingleQuoted => ScalarStyle.SingleQuoted,
        YamlStyle.DoubleQuoted => ScalarStyle.DoubleQuoted,
        YamlStyle.Literal => ScalarStyle.Literal,
        YamlStyle.Folded => ScalarStyle.Folded,
        _ => ScalarStyle.Plain,
    };

    private static string Sentence(string message)
    {
        message = message.Trim();
        return message.EndsWith('.') ? message : message + ".";
    }

    private string TemplateHint(int at) =>
        text.Content.IndexOf("{{", StringComparison.Ordinal) is var first && first >= 0 && text.LocationAt(first).Line <= text.LocationAt(at).Line
            ? $" A template starts with {{{{ in line {text.LocationAt(first).Line}: render it first (for Helm: helm template) and use the result."
            : "";
}
