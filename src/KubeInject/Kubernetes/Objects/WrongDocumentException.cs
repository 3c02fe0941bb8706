using System.Text.Json;

namespace KubeInject.Kubernetes.Objects;

/// <summary>A document is not the one that was requested.</summary>
/// <param name="what">What it is, completing a sentence such as "it answered with …"; holds nothing of the document but its type.</param>
internal sealed class WrongDocumentException(string what) : JsonException(DisplayText.Escape(what));
