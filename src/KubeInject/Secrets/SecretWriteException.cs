namespace KubeInject.Secrets;

/// <summary>A Secret is not written, for a reason that is known before the server is asked to. The message holds no value.</summary>
/// <param name="reason">Why.</param>
/// <param name="message">Why, and the way out, in one line.</param>
public sealed class SecretWriteException(SecretRefusal reason, string message) : Exception(DisplayText.Escape(message))
{
    /// <summary>Why.</summary>
    public SecretRefusal Reason { get; } = reason;
}
