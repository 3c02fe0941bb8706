namespace KubeInject.Secrets;

/// <summary>A Secret must not be written. The reason was found before the write request. The message contains no values.</summary>
/// <param name="reason">The reason.</param>
/// <param name="message">The reason and a remedy, in one line.</param>
public sealed class SecretWriteException(SecretRefusal reason, string message) : Exception(DisplayText.Escape(message))
{
    /// <summary>Why the Secret is not written.</summary>
    public SecretRefusal Reason { get; } = reason;
}
