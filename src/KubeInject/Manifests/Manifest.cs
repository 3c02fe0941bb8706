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
    /// <param name="use">Makes something of a document; called at the same time for several, and more than once for one if the text turns out not to be YAML.</param>
    /// <returns>What was made, in the order of the documents.</returns>
    /// <exception cref="ManifestException">As for <see cref="Parse"/>.</exception>
    internal static T[] Read<T>(ManifestText text, Func<ManifestDocument, T> use)
    {
        var variables = new ManifestVariables();
        var read = ReadSyntax(text, syntax =>
        {
            var document = new ManifestDocument(text, syntax, variables);
            var waits = document.PodTemplates.Any(template => template.TakesVariables);
            return (Waiting: waits ? document : null, Made: waits ? default : use(document), Variables: ManifestVariables.AreIn(syntax) ? syntax : null);
        });
        foreach (var syntax in read.Select(document => document.Variables).OfType<SyntaxDocument>())
            variables.Gather(syntax);
        return [.. read.Select(document => document.Waiting is null ? document.Made! : use(document.Waiting))];
    }

    /// <summary>Reads a single YAML document, or a JSON object; null where there are several.</summary>
    internal static ManifestNode? ReadSingle(string content) => ReadSyntax(new ManifestText(content), syntax => syntax.Root) is [var root] ? root : null;

    private static List<T> ReadSyntax<T>(ManifestText text, Func<SyntaxDocument, T> use) => JsonReader.IsJson(text.Content)
        ? JsonReader.Read(text).ConvertAll(document => use(document))
        : YamlReader.Read(text, YamlParts.Of(text.Content), use);
}
