namespace KubeInject.Manifests.Syntax;

/// <summary>Builds the node tree from the events of a parser, and checks the rules that apply to both YAML and JSON.</summary>
internal sealed class NodeBuilder(ManifestText text)
{
    /// <summary>The maximum depth of a document, aliases included.</summary>
    public const int MaximumDepth = 200;

    private readonly Stack<Level> open = new();
    private readonly AliasBudget budget = new();
    private Dictionary<ManifestNode, (double Size, int Height)>? anchored;

    public ManifestNode? Root { get; private set; }

    /// <summary>The error for the first duplicate key. A document with a duplicate key can be read, but not changed. Null if there is none.</summary>
    public ManifestException? Duplicate { get; private set; }

    /// <summary>The collection that is being read.</summary>
    public ManifestNode Current => open.Peek().Node;

    public bool IsOpen(ManifestNode node) => open.Any(level => level.Node == node);

    public void Open(ManifestNode node)
    {
        CheckDepth(node, height: 1);

        // A collection is attached when it is complete, but its parent is needed earlier.
        node.Parent = open.Count > 0 ? open.Peek().Node : null;
        open.Push(new Level(node, budget.Total));
        budget.Add();
    }

    public void Close(int end)
    {
        var level = open.Pop();
        level.Node.End = end;
        if (level.Node.Anchor is not null)
            (anchored ??= [])[level.Node] = (budget.Total - level.TotalBefore, level.Height);
        Attach(level.Node, level.Height);
    }

    public void Add(ScalarNode scalar)
    {
        budget.Add();
        Attach(scalar, height: 0);
    }

    /// <summary>Adds an alias. The nodes that it repeats count again, at the depth of the alias.</summary>
    public void Add(AliasNode alias)
    {
        var (size, height) = anchored?.TryGetValue(alias.Target, out var extent) == true ? extent : (Size: 1, Height: 0);
        CheckDepth(alias, height);
        if (budget.Repeat(size) is { } problem)
            throw new ManifestException(text.LocationAt(alias.Start), problem);
        Attach(alias, height);
    }

    private void CheckDepth(ManifestNode node, int height)
    {
        if (open.Count + height > MaximumDepth)
            throw new ManifestException(text.LocationAt(node.Start), $"The document is nested more than {MaximumDepth} levels deep, but no Kubernetes object is. Reduce the depth.");
    }

    private void Attach(ManifestNode node, int height)
    {
        if (open.Count == 0)
        {
            Root = node;
            return;
        }

        var level = open.Peek();
        level.Height = Math.Max(level.Height, height + 1);
        node.Parent = level.Node;
        switch (level.Node)
        {
            case SequenceNode sequence:
                sequence.Items.Add(node);
                break;
            case MappingNode when level.Key is null:
                level.Key = node as ScalarNode ?? throw new ManifestException(
                    text.LocationAt(node.Start),
                    "A key must be plain text. If this is a template with {{ … }}, render it first (for Helm: helm template) and use the result.");
                break;
            case MappingNode mapping:
                mapping.Entries.Add(new MappingEntry(level.Key, node));
                level.Key = null;
                break;
        }
    }

    /// <summary>
    /// Records a duplicate key, and keeps only the last of the entries with the same key, as kubectl does. Call this method
    /// when a mapping is complete.
    /// </summary>
    public void CheckKeys(MappingNode mapping)
    {
        // For small mappings, comparing is faster than a dictionary.
        var seen = mapping.Entries.Count > 12 ? new Dictionary<string, ScalarNode>(StringComparer.Ordinal) : null;
        var hasDuplicates = false;
        for (var i = 0; i < mapping.Entries.Count; i++)
        {
            var key = mapping.Entries[i].Key;
            var first = seen is null ? FirstOf(mapping, key.Value) : seen.TryAdd(key.Value, key) ? key : seen[key.Value];
            if (first == key)
                continue;
            hasDuplicates = true;
            Duplicate ??= new ManifestException(
                text.LocationAt(key.Start),
                $"The key \"{key.Value}\" is duplicated (first in line {text.LocationAt(first.Start).Line}). Remove one of the two.");
        }

        if (!hasDuplicates)
            return;
        var kept = mapping.Entries.AsEnumerable().Reverse().DistinctBy(entry => entry.Key.Value).Reverse().ToList();
        mapping.Entries.Clear();
        mapping.Entries.AddRange(kept);
    }

    private static ScalarNode FirstOf(MappingNode mapping, string key)
    {
        var i = 0;
        while (mapping.Entries[i].Key.Value != key)
            i++;
        return mapping.Entries[i].Key;
    }

    /// <summary>A collection that is being read.</summary>
    /// <param name="node">The collection.</param>
    /// <param name="totalBefore">The number of nodes before it.</param>
    private sealed class Level(ManifestNode node, double totalBefore)
    {
        public ManifestNode Node { get; } = node;

        public double TotalBefore { get; } = totalBefore;

        /// <summary>The key whose value comes next; null before a key.</summary>
        public ScalarNode? Key { get; set; }

        /// <summary>The number of nested collections, itself included.</summary>
        public int Height { get; set; } = 1;
    }
}
