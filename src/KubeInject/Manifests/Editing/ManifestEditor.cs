using KubeInject.Manifests.Syntax;

namespace KubeInject.Manifests.Editing;

/// <summary>
/// Changes only the necessary parts of a document: creates text edits, applies them, and parses the result to verify that
/// it has exactly the requested changes.
/// </summary>
internal static class ManifestEditor
{
    /// <summary>Returns the document's text with the changes.</summary>
    /// <exception cref="ManifestException">As for <see cref="GetEdits"/>.</exception>
    public static string Apply(ManifestDocument document, IReadOnlyList<ManifestChange> changes) => Apply(document, GetEdits(document, changes));

    /// <summary>Returns the verified text edits for the changes, with offsets in the manifest.</summary>
    /// <exception cref="ManifestException">A change would also change another part of the document, or the layout does not allow it.</exception>
    public static IReadOnlyList<TextEdit> GetEdits(ManifestDocument document, IReadOnlyList<ManifestChange> changes)
    {
        if (changes.Count == 0)
            return [];
        if (document.Problem is { } problem)
            throw problem;

        var text = document.Source;
        var distinct = Distinct(text, changes);
        var edits = distinct.ConvertAll(change => (Change: change, Edits: TextEditor.GetEdits(text.Content, change).ToArray()));
        var all = edits.SelectMany(edit => edit.Edits).ToArray();
        if (ChangeVerifier.AreAdditionsAsMeant(document, edits) || IsAsMeant(document, distinct, all))
            return all;

        var culprit = edits.Find(edit => !IsAsMeant(document, [edit.Change], edit.Edits)).Change ?? distinct[0];
        throw new ManifestException(
            text.LocationAt(culprit.Target.Start),
            "The layout at this position does not allow a safe change. Write this part in plain block style, with a line break at the end of the file, and try again.");
    }

    // A line can end after its document, because YAML has further line break characters.
    private static bool IsAsMeant(ManifestDocument document, IReadOnlyList<ManifestChange> changes, IReadOnlyList<TextEdit> edits) =>
        edits.All(edit => edit.Start + edit.Length <= document.Syntax.End) && ChangeVerifier.IsAsMeant(document, changes, Apply(document, edits));

    private static string Apply(ManifestDocument document, IEnumerable<TextEdit> edits) =>
        TextEdit.Apply(document.Source.Content, document.Place, edits);

    // Aliases repeat the content of an anchor. The content may change only if the change is the same for all aliases.
    private static List<ManifestChange> Distinct(ManifestText text, IReadOnlyList<ManifestChange> changes)
    {
        var distinct = new List<ManifestChange>();
        foreach (var change in changes)
        {
            if (distinct.Exists(change.IsSameAs))
                continue;

            var meant = changes.Count(change.IsSameAs);
            if (change.Target.Occurrences != meant)
                throw Shared(text, change.Target, change.Target);
            foreach (var node in Replaced(change))
            {
                if (Anchored(node) is { } anchored)
                    throw Shared(text, node, anchored);
            }

            distinct.Add(change);
        }

        return distinct;
    }

    // The nodes that the change replaces.
    private static IEnumerable<ManifestNode> Replaced(ManifestChange change) => change switch
    {
        SetEntry set => [set.Entry.Value],
        RenameEntry rename => [rename.Entry.Key],
        RemoveEntries remove => remove.Entries.SelectMany(entry => new[] { entry.Key, entry.Value }),
        _ => [],
    };

    private static ManifestNode? Anchored(ManifestNode node) => node switch
    {
        { Aliases.Count: > 0 } => node,
        MappingNode mapping => mapping.Entries.SelectMany(entry => new[] { entry.Key, entry.Value }).Select(Anchored).FirstOrDefault(found => found is not null),
        SequenceNode sequence => sequence.Items.Select(Anchored).FirstOrDefault(found => found is not null),
        _ => null,
    };

    private static ManifestException Shared(ManifestText text, ManifestNode place, ManifestNode shared)
    {
        var anchored = shared;
        while (anchored.Aliases.Count == 0)
            anchored = anchored.Parent!;
        var uses = string.Join(" and ", anchored.Aliases.Select(alias => text.LocationAt(alias.Start).Line).Distinct().Select(line => $"line {line}"));
        return new ManifestException(
            text.LocationAt(place.Start),
            $"This is part of &{anchored.Anchor}, which is also used in {uses}, so the change would also apply there. "
            + $"Replace *{anchored.Anchor} there with a copy of the content, and try again.");
    }
}
