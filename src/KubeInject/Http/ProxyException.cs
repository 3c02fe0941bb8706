namespace KubeInject.Http;

/// <summary>A proxy does not lead to the server.</summary>
internal sealed class ProxyException(string message, Exception? innerException = null) : Exception(message, innerException);
