using System.Diagnostics;

namespace KubeInject;

/// <summary>A token, key or password. Whatever prints, logs, serializes or inspects it sees a mask.</summary>
/// <param name="value">The secret text.</param>
[DebuggerDisplay(Mask)]
public sealed class SensitiveString(string value)
{
    /// <summary>What stands in place of a secret wherever something is shown.</summary>
    public const string Mask = "********";

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string value = value ?? throw new ArgumentNullException(nameof(value));

    /// <summary>The secret itself, for the one place that it is meant for.</summary>
    /// <returns>The secret text.</returns>
    public string Reveal() => value;

    /// <summary>The mask.</summary>
    /// <returns><see cref="Mask"/>.</returns>
    public override string ToString() => Mask;
}
