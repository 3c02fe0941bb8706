using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace KubeInject.Kubernetes.Configuration;

/// <summary>Parses the YAML or JSON text of a kubeconfig into nodes.</summary>
/// <remarks>
/// Uses the events of the parser instead of the document tree of the library. The tree recurses without a limit
/// on nesting and on cycles of anchors, and a stack overflow ends the process.
/// </remarks>
internal sealed class KubeconfigParser
{
    // A kubeconfig needs six levels.
    private const int MaxDepth = 64;

    private readonly string file;
    private readonly Parser parser;
    private readonly AliasBudget budget = new();
    private readonly Dictionary<AnchorName, (KubeconfigNode Node, double Size, int Height)> anchors = [];

    private KubeconfigParser(string file, string text)
    {
        this.file = file;
        parser = new Parser(new StringReader(text));
    }

    /// <summary>Parses the first document of a text.</summary>
    /// <returns>The root node; null if the text is empty.</returns>
    public static KubeconfigNode? Parse(string file, string text)
    {
        try
        {
            return new KubeconfigParser(file, text).ParseDocument();
        }
        catch (YamlException e)
        {
            // The messages of the parser are constant and do not quote the file.
            throw ConfigurationException.At(file, e.Start.Line, e.Start.Column, $"This is not valid YAML. {e.Message}");
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            // The scanner throws these for some invalid escapes and tags instead of a YamlException.
            throw new ConfigurationException($"{file} is not valid YAML.") { File = file };
        }
    }

    private KubeconfigNode? ParseDocument()
    {
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _))
            return null;
        var root = ParseNode(MaxDepth, out _);
        parser.Consume<DocumentEnd>();
        return root;
    }

    /// <param name="depth">The number of levels that are allowed from here.</param>
    /// <param name="height">The number of levels of the node, including those of aliases.</param>
    private KubeconfigNode ParseNode(int depth, out int height)
    {
        var mark = parser.Current?.Start ?? Mark.Empty;
        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            if (!anchors.TryGetValue(alias.Value, out var known))
                throw ConfigurationException.At(file, mark.Line, mark.Column, "No anchor of this name is defined before the alias.");
            if (budget.Repeat(known.Size) is { } problem)
                throw ConfigurationException.At(file, mark.Line, mark.Column, problem);
            height = known.Height;
            return depth < height
                ? throw ConfigurationException.At(file, mark.Line, mark.Column, $"With this alias, the nesting is deeper than {MaxDepth} levels.")
                : known.Node;
        }

        if (depth == 0)
            throw ConfigurationException.At(file, mark.Line, mark.Column, $"This is nested deeper than {MaxDepth} levels.");
        var anchor = parser.Accept<NodeEvent>(out var start) ? start.Anchor : AnchorName.Empty;
        var before = budget.Total;
        budget.Add();
        var node = Parse(depth, out height);
        if (!anchor.IsEmpty)
            anchors[anchor] = (node, budget.Total - before, height);
        return node;
    }

    private KubeconfigNode Parse(int depth, out int height)
    {
        height = 1;
        return parser.TryConsume<Scalar>(out var scalar) ? ReadScalar(scalar)
            : parser.TryConsume<SequenceStart>(out var sequence) ? ParseSequence(sequence, depth, ref height)
            : ParseMapping(parser.Consume<MappingStart>(), depth, ref height);
    }

    private KubeconfigNode.Sequence ParseSequence(SequenceStart start, int depth, ref int height)
    {
        var items = new List<KubeconfigNode>();
        while (!parser.TryConsume<SequenceEnd>(out _))
            items.Add(ParseChild(depth, ref height));
        return new KubeconfigNode.Sequence(file, start.Start, items);
    }

    private KubeconfigNode.Mapping ParseMapping(MappingStart start, int depth, ref int height)
    {
        var entries = new Dictionary<string, KubeconfigNode>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = ParseChild(depth, ref height);
            if (key is not KubeconfigNode.Scalar { Value: var name })
                throw key.Error("A key must be plain text.");
            var value = ParseChild(depth, ref height);
            if (name == "<<")
                Merge(entries, value);
            else
                entries[name] = value;
        }

        return new KubeconfigNode.Mapping(file, start.Start, entries);
    }

    private KubeconfigNode ParseChild(int depth, ref int height)
    {
        var child = ParseNode(depth - 1, out var below);
        height = Math.Max(height, below + 1);
        return child;
    }

    /// <summary>Applies the merge key of YAML. Later entries override earlier ones, merged or not. Of several sources, the first one has precedence.</summary>
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
                ?? throw ConfigurationException.At(file, scalar.Start.Line, scalar.Start.Column, "This is not base64.");
        }

        return new KubeconfigNode.Scalar(file, scalar.Start, value, KubeconfigScalars.KindOf(scalar));
    }
}
