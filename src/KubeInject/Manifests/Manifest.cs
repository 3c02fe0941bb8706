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
        var documents = ReadSyntax(text);
        var variables = new ManifestVariables(documents);
        return new Manifest(text, [.. documents.Select(document => new ManifestDocument(text, document, variables))]);
    }

    internal static List<SyntaxDocument> ReadSyntax(ManifestText text) =>
        JsonReader.IsJson(text.Content) ? JsonReader.Read(text) : YamlReader.Read(text);
}
