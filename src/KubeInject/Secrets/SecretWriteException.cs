namespace KubeInject.Secrets;

/// <summary>A Secret must not be written. The reason was found before the write request. The message contains no values.</summary>
/// <param name="reason">The reason.</param>
/// <param name="message">The reason and a remedy, in one line.</param>
public sealed class SecretWriteException(SecretRefusal reason, string message) : Exception(DisplayText.Escape(message))
{
    /// <summary>Why the Secret is not written.</summary>
    public SecretRefusal Reason { get; } = reason;
}

/// <summary>Why a Secret is not written.</summary>
public enum SecretRefusal
{
    /// <summary>Another component manages it: a controller, Helm, or KubeInject for its lease records.</summary>
    Owned,

    /// <summary>It is immutable, so its values cannot be changed.</summary>
    Immutable,

    /// <summary>It already exists and must not be overwritten.</summary>
    Exists,

    /// <summary>It has another type, and the type cannot be changed.</summary>
    OtherType,

    /// <summary>The name of the Secret, of a key or of metadata is not valid in Kubernetes.</summary>
    InvalidName,

    /// <summary>It does not have the key.</summary>
    NoKey,

    /// <summary>Other clients changed it during each attempt to write it.</summary>
    Contended,
}
