using System.Text.Json;

namespace KubeInject.Kubernetes.Objects;

/// <summary>A document is not the one that was requested.</summary>
/// <param name="what">The received document, as a phrase after "it answered with …". It contains nothing of the document except its type.</param>
internal sealed class WrongDocumentException(string what) : JsonException(DisplayText.Escape(what));
