namespace KubeInject.Kubernetes.Objects;

/// <summary>A variable whose value is a place in Vault, or holds some.</summary>
/// <param name="Name">The variable.</param>
/// <param name="Reference">
/// Its value as it stands: <c>vault:…</c>, <c>&gt;&gt;vault:…</c>, or text with <c>${vault:…}</c> in it, which may hold a password besides.
/// </param>
public sealed record VaultVariable(string Name, string Reference)
{
    /// <summary>Whether the value of a variable is such a place, or holds some.</summary>
    /// <param name="value">The value; null for a variable that has none of its own.</param>
    /// <returns>True for what begins with <c>vault:</c> or <c>&gt;&gt;vault:</c>, or has one of the two behind <c>${</c>.</returns>
    public static bool IsReference(string? value) =>
        value is not null
        && (value.StartsWith("vault:", StringComparison.Ordinal)
            || value.StartsWith(">>vault:", StringComparison.Ordinal)
            || value.Contains("${vault:", StringComparison.Ordinal)
            || value.Contains("${>>vault:", StringComparison.Ordinal));

    /// <summary>The variable without its value.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => Name;
}
