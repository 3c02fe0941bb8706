using KubeInject.Annotations;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Manifests;

/// <summary>One document of a manifest.</summary>
public sealed class ManifestDocument
{
    internal ManifestDocument(ManifestText text, SyntaxDocument syntax, ManifestVariables variables)
    {
        Source = text;
        Syntax = syntax;
        Problem = syntax.Problem;
        IsReadable = syntax.Root is not null || syntax.Problem is null;
        if (syntax.Root is ScalarNode { IsNull: false } scalar)
        {
            Problem = new ManifestException(text.LocationAt(scalar.Start), "This is text and not a Kubernetes object. If the text is a path, specify it as a path.");
            IsReadable = false;
            return;
        }

        try
        {
            PodTemplates = [.. PodTemplateFinder.Find(text, syntax.Root, variables)];
        }
        catch (ManifestException exception)
        {
            Problem = exception;
            IsReadable = false;
        }

        if (InvisibleCharacterHint.ErrorIn(text, syntax) is { } error)
        {
            Problem = error;
            IsReadable = false;
        }
        else if (Problem is not null)
        {
            Problem = InvisibleCharacterHint.Add(text, Problem);
        }

        if (Problem is not null && (!IsReadable || PodTemplates.Count > 0) && Text.Contains(InjectionAnnotation.Prefix, StringComparison.Ordinal))
        {
            Error = Problem;
            PodTemplates = [];
        }
    }

    /// <summary>The pods and pod templates of the document, including those in a list, in order. Empty if the document has an error.</summary>
    public IReadOnlyList<ManifestPodTemplate> PodTemplates { get; } = [];

    /// <summary>The text of the document in the manifest, from its <c>---</c> to the next document.</summary>
    public string Text => Source.Content[Place];

    /// <summary>The range of the document in the manifest.</summary>
    internal Range Place => Syntax.Start..Syntax.End;

    internal ManifestText Source { get; }

    internal SyntaxDocument Syntax { get; }

    /// <summary>Whether the content of the document is known.</summary>
    internal bool IsReadable { get; }

    /// <summary>The reason why the document cannot be read or cannot be changed. Null if there is none.</summary>
    internal ManifestException? Problem { get; }

    /// <summary>The problem, if the document might request credentials. Other documents are not changed, so their problems are not errors.</summary>
    internal ManifestException? Error { get; }
}
