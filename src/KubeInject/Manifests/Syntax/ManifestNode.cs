namespace KubeInject.Manifests.Syntax;

/// <summary>A node of a YAML or JSON document, with its position in the text.</summary>
/// <param name="start">The offset of its first character, including tag and anchor.</param>
internal abstract class ManifestNode(int start)
{
    private AliasList? aliases;

    public int Start { get; } = start;

    /// <summary>The offset after its last character. Following comments and blank lines are not part of the node.</summary>
    public int End { get; set; } = start;

    public string? Anchor { get; init; }

    public string? Tag { get; init; }

    /// <summary>The node that contains this node. Null for the root of a document.</summary>
    public ManifestNode? Parent { get; set; }

    /// <summary>The aliases that repeat this node.</summary>
    public IReadOnlyList<AliasNode> Aliases => aliases ?? [];

    /// <summary>The node, or for an alias its target.</summary>
    public virtual ManifestNode Resolved => this;

    /// <summary>
    /// The number of times that the node occurs in the document: once at its position, and once for each alias that repeats
    /// the node or a node that contains it.
    /// </summary>
    /// <remarks>The type is double, because nested aliases multiply without limit.</remarks>
    public double Occurrences => (Parent?.Occurrences ?? 1) + (aliases?.Occurrences ?? 0);

    /// <summary>Adds an alias that repeats this node.</summary>
    public void AddAlias(AliasNode alias) => (aliases ??= []).Add(alias);

    // Few nodes have aliases, so the number of occurrences is stored in the list and not in each node.
    private sealed class AliasList : List<AliasNode>
    {
        private double? occurrences;

        // Cached, because nested aliases would be counted again for each alias.
        public double Occurrences => occurrences ??= this.Sum(alias => alias.Occurrences);
    }
}

internal enum ScalarStyle
{
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
    Folded,
}

internal sealed class ScalarNode(int start, string value, ScalarStyle style) : ManifestNode(start)
{
    public string Value { get; } = value;

    public ScalarStyle Style { get; } = style;

    public bool IsBlock => Style is ScalarStyle.Literal or ScalarStyle.Folded;

    public bool IsNull => Style == ScalarStyle.Plain && Tag is null && Value is "" or "~" or "null" or "Null" or "NULL";
}

internal sealed class SequenceNode(int start, bool isFlow) : ManifestNode(start)
{
    public bool IsFlow { get; } = isFlow;

    public List<ManifestNode> Items { get; } = [];
}

internal sealed class MappingNode(int start, bool isFlow) : ManifestNode(start)
{
    public bool IsFlow { get; } = isFlow;

    public List<MappingEntry> Entries { get; } = [];

    /// <summary>Finds the entry with a key in the mapping or in the mappings of merge keys (<c>&lt;&lt;</c>). Returns null if there is none.</summary>
    public MappingEntry? Find(string key)
    {
        var own = FindOwn(key);
        if (own is not null || !HasMerge)
            return own;
        return WithMerged().Select(mapping => mapping.FindOwn(key)).FirstOrDefault(found => found is not null);
    }

    /// <summary>Returns all entries: first those of the mapping, then those of merge keys that the mapping does not override.</summary>
    public IEnumerable<MappingEntry> AllEntries() => !HasMerge
        ? Entries
        : WithMerged().SelectMany(mapping => mapping.Entries).Where(entry => !entry.IsMerge).DistinctBy(entry => entry.Key.Value);

    private bool HasMerge => Entries.Exists(entry => entry.IsMerge);

    private MappingEntry? FindOwn(string key)
    {
        foreach (var entry in Entries)
        {
            if (entry.Key.Value == key)
                return entry;
        }

        return null;
    }

    // The first entry with a key wins, so a mapping that is merged twice is visited once.
    private List<MappingNode> WithMerged()
    {
        var merged = new List<MappingNode>();
        AddTo(merged, []);
        return merged;
    }

    private void AddTo(List<MappingNode> merged, HashSet<MappingNode> seen)
    {
        if (!seen.Add(this))
            return;
        merged.Add(this);
        foreach (var merge in Entries.Where(entry => entry.IsMerge))
        {
            IEnumerable<ManifestNode> sources = merge.Value.Resolved is SequenceNode list ? list.Items : [merge.Value];
            foreach (var source in sources.Select(source => source.Resolved).OfType<MappingNode>())
                source.AddTo(merged, seen);
        }
    }
}

internal sealed class MappingEntry(ScalarNode key, ManifestNode value)
{
    public ScalarNode Key { get; } = key;

    public ManifestNode Value { get; } = value;

    public bool IsMerge => Key is { Value: "<<", Style: ScalarStyle.Plain };

    public bool IsNull => Value.Resolved is ScalarNode { IsNull: true };
}

internal sealed class AliasNode(int start, ManifestNode target) : ManifestNode(start)
{
    public ManifestNode Target { get; } = target;

    public override ManifestNode Resolved => Target.Resolved;
}
