using System.Text;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Manifests.Editing;

/// <summary>
/// Changes a document where it has to change and nowhere else: works out the text edits, applies them, and reads the
/// result again to see that it says exactly what was meant.
/// </summary>
internal static class ManifestEditor
{
    /// <summary>The document's text with the changes made.</summary>
    /// <exception cref="ManifestException">A change would reach further than it was meant to, or the text does not allow it.</exception>
    public static string Apply(ManifestDocument document, IReadOnlyList<ManifestChange> changes)
    {
        if (changes.Count == 0)
            return document.Text;

        var text = document.Source;
        var distinct = Distinct(text, changes);
        var edits = distinct.SelectMany(change => TextEditor.EditsFor(text.Content, change)).OrderBy(edit => edit.Start).ToList();
        var edited = Splice(text.Content, document.Syntax, edits);
        ChangeVerifier.Verify(document, distinct, edited);
        return edited;
    }

    // What an anchor names is repeated by its aliases. It may change only if it is to change the same way in all of these places.
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
            if (change is SetEntry set && Anchored(set.Entry.Value) is { } anchored)
                throw Shared(text, set.Entry.Key, anchored);
            distinct.Add(change);
        }

        return distinct;
    }

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
            $"This is part of &{anchored.Anchor}, which is used again in {uses}, and the change would show there too. "
            + $"Write the content out in place of *{anchored.Anchor} there and try again.");
    }

    private static string Splice(string content, SyntaxDocument document, List<TextEdit> edits)
    {
        var result = new StringBuilder();
        var at = document.Start;
        foreach (var edit in edits)
        {
            result.Append(content, at, edit.Start - at).Append(edit.Replacement);
            at = edit.Start + edit.Length;
        }

        return result.Append(content, at, document.End - at).ToString();
    }
}
