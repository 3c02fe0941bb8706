namespace KubeInject.Manifests.Syntax;

/// <summary>One document of a text. The documents of a text divide it without gaps.</summary>
/// <param name="Root">The content. Null for an empty document, and for a document that cannot be read.</param>
/// <param name="Start">The offset of the first character of the document, including <c>---</c>.</param>
/// <param name="End">The offset after the last character of the document.</param>
/// <param name="Problem">The reason why the document cannot be read. With a root, the reason why it cannot be changed. Null if there is no problem.</param>
internal sealed record SyntaxDocument(ManifestNode? Root, int Start, int End, ManifestException? Problem = null);
