using System.Diagnostics;

namespace KubeInject;

/// <summary>A token, key or password. Printing, logging, serializing and debugging show a mask.</summary>
/// <param name="value">The secret text.</param>
[DebuggerDisplay(Mask)]
public sealed class SensitiveString(string value)
{
    /// <summary>The text that replaces a secret in all output.</summary>
    public const string Mask = "********";

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string value = value ?? throw new ArgumentNullException(nameof(value));

    /// <summary>Gets the secret. Do not pass it to messages or logs.</summary>
    /// <returns>The secret text.</returns>
    public string Reveal() => value;

    /// <summary>The mask.</summary>
    /// <returns><see cref="Mask"/>.</returns>
    public override string ToString() => Mask;
}
