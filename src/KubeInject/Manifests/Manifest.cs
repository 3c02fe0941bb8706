using KubeInject.Manifests.Syntax;

namespace KubeInject.Manifests;

/// <summary>A parsed manifest: any number of YAML documents, or a sequence of JSON objects.</summary>
public sealed class Manifest
{
    private Manifest(ManifestText text, IReadOnlyList<ManifestDocument> documents)
    {
        Text = text;
        Documents = documents;
    }

    /// <summary>The text of the manifest.</summary>
    public ManifestText Text { get; }

    /// <summary>The documents, in order. Their concatenated texts are the text of the manifest.</summary>
    public IReadOnlyList<ManifestDocument> Documents { get; }

    /// <summary>Reads a manifest.</summary>
    /// <param name="text">The text: JSON if it starts with an object whose first key is quoted, YAML otherwise.</param>
    /// <returns>The documents and the pod templates in them.</returns>
    /// <exception cref="ManifestException">No document of the text can be used. If only some of the documents cannot be used, they have no pod templates.</exception>
    public static Manifest Parse(ManifestText text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new Manifest(text, Read(text, document => document));
    }

    /// <summary>
    /// Reads a manifest and converts each document immediately, so that the nodes of a long manifest are not kept in memory.
    /// A document whose pods use variables from ConfigMaps or Secrets is converted after all documents are read.
    /// </summary>
    /// <param name="text">The text, as for <see cref="Parse"/>.</param>
    /// <param name="use">Converts a document.</param>
    /// <returns>The results, in the order of the documents.</returns>
    /// <exception cref="ManifestException">As for <see cref="Parse"/>.</exception>
    internal static List<T> Read<T>(ManifestText text, Func<ManifestDocument, T> use)
    {
        var made = new List<T>();
        foreach (var (index, document) in Enumerate(text))
        {
            while (made.Count <= index)
                made.Add(default!);
            made[index] = use(document);
        }

        return made;
    }

    /// <summary>
    /// Reads the documents of a manifest one by one, as <see cref="Read"/>. The documents whose pods use variables from ConfigMaps or
    /// Secrets are last.
    /// </summary>
    /// <param name="text">The text, as for <see cref="Parse"/>.</param>
    /// <returns>The documents, with their index in the manifest.</returns>
    /// <exception cref="ManifestException">As for <see cref="Parse"/>, after the last document.</exception>
    internal static IEnumerable<(int Index, ManifestDocument Document)> Enumerate(ManifestText text)
    {
        var variables = new ManifestVariables();
        var waiting = new List<(int Index, ManifestDocument Document)>();
        var isUsable = false;
        ManifestException? problem = null;
        var index = 0;
        foreach (var syntax in ReadSyntax(text))
        {
            variables.Gather(syntax);
            var document = new ManifestDocument(text, syntax, variables);
            if (document.Error is not null || !document.IsReadable)
                problem ??= document.Problem;
            else
                isUsable |= syntax.Root is not null;

            if (document.PodTemplates.Any(template => template.TakesVariables))
                waiting.Add((index, document));
            else
                yield return (index, document);
            index++;
        }

        if (problem is not null && !isUsable)
            throw problem;
        foreach (var entry in waiting)
            yield return entry;
    }

    /// <summary>Reads a single YAML document or JSON object. Returns null if the text has several.</summary>
    /// <exception cref="ManifestException">The text is not valid, or has a duplicate key.</exception>
    internal static ManifestNode? ReadSingle(string content) => ReadSyntax(new ManifestText(content)).ToList() is not [var document] ? null
        : document.Problem is { } problem ? throw problem
        : document.Root;

    private static IEnumerable<SyntaxDocument> ReadSyntax(ManifestText text) =>
        text.FindHalfCharacter() is { } half ? throw new ManifestException(text.LocationAt(half), "The text has half of a surrogate pair here, which UTF-8 cannot represent. Remove it, or write the complete character.")
        : JsonReader.IsJson(text.Content) ? JsonReader.Read(text) : YamlReader.Read(text);
}
