using KubeInject.Manifests.Syntax;

namespace KubeInject.Manifests;

/// <summary>A manifest that was read: any number of YAML documents, or JSON objects in a row.</summary>
public sealed class Manifest
{
    private Manifest(ManifestText text, IReadOnlyList<ManifestDocument> documents)
    {
        Text = text;
        Documents = documents;
    }

    /// <summary>What was read.</summary>
    public ManifestText Text { get; }

    /// <summary>The documents, in order. Their texts, put together, are the whole text.</summary>
    public IReadOnlyList<ManifestDocument> Documents { get; }

    /// <summary>Reads a manifest.</summary>
    /// <param name="text">YAML, or JSON where the text starts with an object whose first key is quoted.</param>
    /// <returns>The documents and the pod templates in them.</returns>
    /// <exception cref="ManifestException">The text is neither, or holds the same key twice in one mapping.</exception>
    public static Manifest Parse(ManifestText text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new Manifest(text, Read(text, document => document));
    }

    /// <summary>
    /// Reads a manifest and makes something of each document as soon as it is read, so that a long manifest need not be
    /// held as nodes. A document whose pods take variables from ConfigMaps or Secrets waits until all are read.
    /// </summary>
    /// <param name="text">As for <see cref="Parse"/>.</param>
    /// <param name="use">Makes something of a document, which it need not keep.</param>
    /// <returns>What was made, in the order of the documents.</returns>
    /// <exception cref="ManifestException">As for <see cref="Parse"/>.</exception>
    internal static List<T> Read<T>(ManifestText text, Func<ManifestDocument, T> use)
    {
        var variables = new ManifestVariables();
        var made = new List<T>();
        var waiting = new List<(int Index, ManifestDocument Document)>();
        foreach (var syntax in ReadSyntax(text))
        {
            variables.Gather(syntax);
            var document = new ManifestDocument(text, syntax, variables);
            if (document.PodTemplates.Any(template => template.TakesVariables))
            {
                waiting.Add((made.Count, document));
                made.Add(default!);
            }
            else
            {
                made.Add(use(document));
            }
        }

        foreach (var (index, document) in waiting)
            made[index] = use(document);
        return made;
    }

    /// <summary>Reads a single YAML document, or a JSON object; null where there are several.</summary>
    internal static ManifestNode? ReadSingle(string content) => ReadSyntax(new ManifestText(content)).ToList() is [var document] ? document.Root : null;

    private static IEnumerable<SyntaxDocument> ReadSyntax(ManifestText text) =>
        text.FindHalfCharacter() is { } half ? throw new ManifestException(text.LocationAt(half), "The text has half of a surrogate pair here, which UTF-8 cannot represent. Remove it, or write the complete character.")
        : JsonReader.IsJson(text.Content) ? JsonReader.Read(text) : YamlReader.Read(text);
}
