namespace KubeInject.Manifests.Syntax;

/// <summary>One document of a text. The documents of a text divide it without gaps.</summary>
/// <param name="Root">Its content; null where it holds none.</param>
/// <param name="Start">Offset of the first character that belongs to it, its <c>---</c> included.</param>
/// <param name="End">Offset behind the last.</param>
internal sealed record SyntaxDocument(ManifestNode? Root, int Start, int End);
