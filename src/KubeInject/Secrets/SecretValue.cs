using System.Diagnostics;
using System.Text;

namespace KubeInject.Secrets;

/// <summary>A value to write to a Secret in the cluster: text or bytes. Its text form is a mask.</summary>
internal sealed class SecretValue
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly byte[] bytes;

    private SecretValue(byte[] bytes, bool isBinary)
    {
        this.bytes = bytes;
        IsBinary = isBinary;
    }

    /// <summary>Whether the value was specified as bytes and is read as bytes.</summary>
    public bool IsBinary { get; }

    /// <summary>Creates a value from text, which is stored as UTF-8.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The value.</returns>
    public static SecretValue FromText(SensitiveString text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new SecretValue(Encoding.UTF8.GetBytes(text.Reveal()), isBinary: false);
    }

    /// <summary>Creates a value from bytes, which are stored unchanged.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <returns>The value.</returns>
    public static SecretValue FromBytes(byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return new SecretValue([.. bytes], isBinary: true);
    }

    /// <summary>The mask.</summary>
    /// <returns><see cref="SensitiveString.Mask"/>.</returns>
    public override string ToString() => SensitiveString.Mask;

    /// <summary>The value in the encoding of the Kubernetes API.</summary>
    internal string ToBase64() => Convert.ToBase64String(bytes);
}
