using KubeInject.Annotations;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Manifests;

/// <summary>Finds invisible characters in the syntax of a manifest: in the indentation of an annotation, or at the position of an error.</summary>
internal static class InvisibleCharacterHint
{
    /// <summary>Returns the error for the first injection annotation with an invisible character in its indentation. Null if there is none.</summary>
    public static ManifestException? ErrorIn(ManifestText text, SyntaxDocument document)
    {
        var content = text.Content.AsSpan(document.Start..document.End);
        if (document.Root is null || !content.Contains(InjectionAnnotation.Prefix, StringComparison.Ordinal) || InvisibleCharacter.Find(content) < 0)
            return null;
        return Keys(document.Root).FirstOrDefault(IsIndentedAnnotation) is { } key
            ? new ManifestException(
                text.LocationAt(key.Start),
                $"The indentation of the annotation contains the character {InvisibleCharacter.Describe(key.Value, 0)}, which YAML treats as part of the key. Replace it with a space.")
            : null;
    }

    /// <summary>Adds a sentence to an error if there is an invisible character in its line or in the line before.</summary>
    public static ManifestException Add(ManifestText text, ManifestException error)
    {
        var lines = text.Content.Split('\n');
        for (var line = Math.Max(0, error.Location.Line - 2); line < error.Location.Line && line < lines.Length; line++)
        {
            var content = lines[line];
            var start = line == 0 && content.StartsWith('\uFEFF') ? 1 : 0;
            if (InvisibleCharacter.Find(content.AsSpan(start)) is var found && found >= 0)
            {
                var at = start + found;
                return new ManifestException(
                    error.Location,
                    $"{error.Problem} Line {line + 1} contains the character {InvisibleCharacter.Describe(content, at)} in column {at + 1}: replace it with a space, or remove it.",
                    error.InnerException);
            }
        }

        return error;
    }

    private static bool IsIndentedAnnotation(ScalarNode key) =>
        InvisibleCharacter.Find(key.Value) == 0 && InjectionAnnotation.IsInjectionKey(InvisibleCharacter.Remove(key.Value).Trim());

    private static IEnumerable<ScalarNode> Keys(ManifestNode node) => node switch
    {
        MappingNode mapping => mapping.Entries.SelectMany(entry => Keys(entry.Value).Prepend(entry.Key)),
        SequenceNode sequence => sequence.Items.SelectMany(Keys),
        _ => [],
    };
}
