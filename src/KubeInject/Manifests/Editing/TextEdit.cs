namespace KubeInject.Manifests.Editing;

/// <summary>Text to put in place of other text.</summary>
internal readonly record struct TextEdit(int Start, int Length, string Replacement);
