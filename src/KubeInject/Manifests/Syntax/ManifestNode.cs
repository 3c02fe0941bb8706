namespace KubeInject.Manifests.Syntax;

/// <summary>A node of a YAML or JSON document, with the place where it stands in the text.</summary>
/// <param name="start">Offset of its first character, tag and anchor included.</param>
internal abstract class ManifestNode(int start)
{
    private AliasList? aliases;

    public int Start { get; } = start;

    /// <summary>Offset behind its last character. Comments and blank lines that follow are not part of it.</summary>
    public int End { get; set; } = start;

    public string? Anchor { get; init; }

    public string? Tag { get; init; }

    /// <summary>The node that this one stands in; null for the root of a document.</summary>
    public ManifestNode? Parent { get; set; }

    /// <summary>The aliases that repeat this node elsewhere.</summary>
    public IReadOnlyList<AliasNode> Aliases => aliases ?? [];

    /// <summary>The node itself, or what the alias stands for.</summary>
    public virtual ManifestNode Resolved => this;

    /// <summary>
    /// How often the document means this node: once where it stands, and once more for each place that an alias
    /// repeats it or something around it.
    /// </summary>
    /// <remarks>A double, because aliases of aliases multiply without bound.</remarks>
    public double Occurrences => (Parent?.Occurrences ?? 1) + (aliases?.Occurrences ?? 0);

    /// <summary>Takes note of an alias that repeats this node.</summary>
    public void AddAlias(AliasNode alias) => (aliases ??= []).Add(alias);

    // Hardly any node has one, so that the others shall not carry the room for it.
    private sealed class AliasList : List<AliasNode>
    {
        private double? occurrences;

        // Remembered: where anchors hold aliases of anchors, each is asked for as often as they multiply.
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

    /// <summary>The entry with this key, here or in what a merge key (<c>&lt;&lt;</c>) brings in.</summary>
    public MappingEntry? Find(string key)
    {
        var own = FindOwn(key);
        if (own is not null || !HasMerge)
            return own;
        return WithMerged().Select(mapping => mapping.FindOwn(key)).FirstOrDefault(found => found is not null);
    }

    /// <summary>All entries by key: the mapping's own, then what merge keys bring in and the mapping does not set.</summary>
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

    // What stands first wins, so a mapping that is merged twice need not be looked at twice.
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
