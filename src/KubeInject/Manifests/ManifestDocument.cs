using KubeInject.Manifests.Syntax;

namespace KubeInject.Manifests;

/// <summary>One document of a manifest.</summary>
public sealed class ManifestDocument
{
    internal ManifestDocument(ManifestText text, SyntaxDocument syntax, ManifestVariables variables)
    {
        if (syntax.Root is ScalarNode { IsNull: false } scalar)
            throw new ManifestException(text.LocationAt(scalar.Start), "This is text and not a Kubernetes object. If the text is a path, specify it as a path.");

        Source = text;
        Syntax = syntax;
        PodTemplates = [.. PodTemplateFinder.Find(text, syntax.Root, variables)];
    }

    /// <summary>The pods and pod templates of the document, including those in a list, in order.</summary>
    public IReadOnlyList<ManifestPodTemplate> PodTemplates { get; }

    /// <summary>The text of the document in the manifest, from its <c>---</c> to the next document.</summary>
    public string Text => Source.Content[Place];

    /// <summary>The range of the document in the manifest.</summary>
    internal Range Place => Syntax.Start..Syntax.End;

    internal ManifestText Source { get; }

    internal SyntaxDocument Syntax { get; }
}
