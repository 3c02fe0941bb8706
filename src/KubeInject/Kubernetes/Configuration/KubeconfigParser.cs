using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace KubeInject.Kubernetes;

/// <summary>Turns the YAML (or JSON) text of one kubeconfig into nodes.</summary>
/// <remarks>
/// Built on the parser's events rather than on the library's document tree: that tree recurses without a limit,
/// on nesting as on cycles of anchors, and a stack overflow ends the process.
/// </remarks>
internal sealed class KubeconfigParser
{
    // A kubeconfig needs six levels; whatever nests deeper than this is no kubeconfig.
    private const int MaximumDepth = 64;

    private readonly string file;
    private readonly Parser parser;
    private readonly Dictionary<AnchorName, KubeconfigNode> anchors = [];

    private KubeconfigParser(string file, string text)
    {
        this.file = file;
        parser = new Parser(new StringReader(text));
    }

    /// <summary>Parses the first document of a text.</summary>
    /// <returns>The document's root; null for a text without content.</returns>
    public static KubeconfigNode? Parse(string file, string text)
    {
        try
        {
            return new KubeconfigParser(file, text).ParseDocument();
        }
        catch (YamlException e)
        {
            // The parser's messages are fixed texts: they quote nothing of the file.
            throw KubeConfigurationException.At(file, e.Start.Line, e.Start.Column, $"This is not valid YAML. {e.Message}");
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            // What the scanner makes of some malformed escapes and tags instead of a YamlException.
            throw new KubeConfigurationException($"{file} is not valid YAML.") { File = file };
        }
    }

    private KubeconfigNode? ParseDocument()
    {
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _))
            return null;
        var root = ParseNode(MaximumDepth);
        parser.Consume<DocumentEnd>();
        return root;
    }

    private KubeconfigNode ParseNode(int depth)
    {
        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            return anchors.TryGetValue(alias.Value, out var known)
                ? known
                : throw KubeConfigurationException.At(file, alias.Start.Line, alias.Start.Column, "This alias names no anchor that stands before it.");
        }

        if (depth == 0)
        {
            var mark = parser.Current!.Start;
            throw KubeConfigurationException.At(file, mark.Line, mark.Column, $"This nests deeper than {MaximumDepth} levels.");
        }

        var anchor = parser.Accept<NodeEvent>(out var start) ? start.Anchor : AnchorName.Empty;
        KubeconfigNode node;
        if (parser.TryConsume<Scalar>(out var scalar))
            node = ReadScalar(scalar);
        else if (parser.TryConsume<SequenceStart>(out var sequence))
            node = ParseSequence(sequence, depth);
        else
            node = ParseMapping(parser.Consume<MappingStart>(), depth);
        if (!anchor.IsEmpty)
            anchors[anchor] = node;
        return node;
    }

    private KubeconfigNode.Sequence ParseSequence(SequenceStart start, int depth)
    {
        var items = new List<KubeconfigNode>();
        while (!parser.TryConsume<SequenceEnd>(out _))
            items.Add(ParseNode(depth - 1));
        return new KubeconfigNode.Sequence(file, start.Start, items);
    }

    private KubeconfigNode.Mapping ParseMapping(MappingStart start, int depth)
    {
        var entries = new Dictionary<string, KubeconfigNode>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = ParseNode(depth - 1);
            if (key is not KubeconfigNode.Scalar { Value: var name })
                throw key.Error("A key has to be plain text.");
            var value = ParseNode(depth - 1);
            if (name == "<<")
                Merge(entries, value);
            else
                entries[name] = value;
        }

        return new KubeconfigNode.Mapping(file, start.Start, entries);
    }

    /// <summary>YAML's merge key. What stands later counts, be it merged or not; of several sources the first one does.</summary>
    private static void Merge(Dictionary<string, KubeconfigNode> entries, KubeconfigNode merged)
    {
        foreach (var source in merged is KubeconfigNode.Sequence several ? several.Items.Reverse() : [merged])
        {
            if (source is not KubeconfigNode.Mapping mapping)
                throw source.Error("Only a mapping can be merged.");
            foreach (var (key, value) in mapping.Entries)
                entries[key] = value;
        }
    }

    private KubeconfigNode.Scalar ReadScalar(Scalar scalar)
    {
        var value = scalar.Value;
        if (!scalar.Tag.IsEmpty && scalar.Tag.Value == KubeconfigScalars.BinaryTag)
        {
            value = KubeconfigBase64.TryDecode(value)
                ?? throw KubeConfigurationException.At(file, scalar.Start.Line, scalar.Start.Column, "This is not base64.");
        }

        return new KubeconfigNode.Scalar(file, scalar.Start, value, KubeconfigScalars.KindOf(scalar));
    }
}
