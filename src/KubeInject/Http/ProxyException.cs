namespace KubeInject.Http;

/// <summary>A proxy cannot be reached or does not connect to the server.</summary>
internal sealed class ProxyException(string message, Exception? innerException = null) : Exception(DisplayText.Escape(message), innerException);
