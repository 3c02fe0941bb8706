using System.Diagnostics;
using System.Text;

namespace KubeInject.Secrets;

/// <summary>A value to be written into a Secret of the cluster: text, or bytes. Shows neither.</summary>
public sealed class SecretValue
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly byte[] bytes;

    private SecretValue(byte[] bytes, bool isBinary)
    {
        this.bytes = bytes;
        IsBinary = isBinary;
    }

    /// <summary>Whether it was given as bytes, and is to be read as bytes again.</summary>
    public bool IsBinary { get; }

    /// <summary>A text, which the Secret holds as UTF-8.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The value.</returns>
    public static SecretValue FromText(SensitiveString text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new SecretValue(Encoding.UTF8.GetBytes(text.Reveal()), isBinary: false);
    }

    /// <summary>Bytes, which the Secret holds as they are.</summary>
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

    /// <summary>The value as the API takes it.</summary>
    internal string ToBase64() => Convert.ToBase64String(bytes);
}
