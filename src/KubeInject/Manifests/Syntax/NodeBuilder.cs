namespace KubeInject.Manifests.Syntax;

/// <summary>Puts nodes together as a reader meets them, and keeps the rules that hold for YAML and JSON alike.</summary>
internal sealed class NodeBuilder(ManifestText text)
{
    private readonly Stack<(ManifestNode Node, ScalarNode? Key)> open = new();

    public ManifestNode? Root { get; private set; }

    /// <summary>The collection that is being read.</summary>
    public ManifestNode Current => open.Peek().Node;

    public bool IsOpen(ManifestNode node) => open.Any(level => level.Node == node);

    public void Open(ManifestNode node)
    {
        if (open.Count >= 200)
            throw new ManifestException(text.LocationAt(node.Start), "Nested more than 200 levels deep; no Kubernetes object is.");

        // A collection is attached when it is complete, but it knows its parent from the start.
        node.Parent = open.Count > 0 ? open.Peek().Node : null;
        open.Push((node, null));
    }

    public void Close(int end)
    {
        var node = open.Pop().Node;
        node.End = end;
        Add(node);
    }

    public void Add(ManifestNode node)
    {
        if (open.Count == 0)
        {
            Root = node;
            return;
        }

        var (parent, key) = open.Pop();
        node.Parent = parent;
        switch (parent)
        {
            case SequenceNode sequence:
                sequence.Items.Add(node);
                break;
            case MappingNode when key is null:
                key = node as ScalarNode ?? throw new ManifestException(
                    text.LocationAt(node.Start),
                    "A key must be plain text. If this is a template with {{ … }}, render it first (for Helm: helm template) and use the result.");
                open.Push((parent, key));
                return;
            case MappingNode mapping:
                mapping.Entries.Add(new MappingEntry(key, node));
                break;
        }

        open.Push((parent, null));
    }

    /// <summary>Refuses a mapping with the same key twice. Called once a mapping is complete.</summary>
    public void CheckKeys(MappingNode mapping)
    {
        // Most mappings are small, and then comparing is cheaper than remembering.
        var seen = mapping.Entries.Count > 12 ? new Dictionary<string, ScalarNode>(StringComparer.Ordinal) : null;
        for (var i = 0; i < mapping.Entries.Count; i++)
        {
            var key = mapping.Entries[i].Key;
            var first = seen is null ? FirstOf(mapping, key.Value) : seen.TryAdd(key.Value, key) ? key : seen[key.Value];
            if (first != key)
            {
                throw new ManifestException(
                    text.LocationAt(key.Start),
                    $"The key \"{key.Value}\" stands here a second time (first in line {text.LocationAt(first.Start).Line}). Keep one of them.");
            }
        }
    }

    private static ScalarNode FirstOf(MappingNode mapping, string key)
    {
        var i = 0;
        while (mapping.Entries[i].Key.Value != key)
            i++;
        return mapping.Entries[i].Key;
    }
}
