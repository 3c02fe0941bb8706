namespace KubeInject.Secrets;

/// <summary>Why a Secret is not written.</summary>
public enum SecretRefusal
{
    /// <summary>Something else looks after it: a controller, Helm, or KubeInject's own records.</summary>
    Owned,

    /// <summary>It is immutable: its values can never be changed.</summary>
    Immutable,

    /// <summary>It exists, and must not.</summary>
    Exists,

    /// <summary>It is of another type, which cannot be changed.</summary>
    OtherType,

    /// <summary>A name, a key, or the name of a note is not one that Kubernetes takes.</summary>
    InvalidName,

    /// <summary>It does not have the key.</summary>
    NoKey,

    /// <summary>Others changed it again and again meanwhile.</summary>
    Contended,
}
