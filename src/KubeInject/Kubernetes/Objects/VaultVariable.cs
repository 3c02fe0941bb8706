namespace KubeInject.Kubernetes.Objects;

/// <summary>A variable whose value is or contains a reference to Vault.</summary>
/// <param name="Name">The name of the variable.</param>
/// <param name="Reference">
/// The complete value: <c>vault:…</c>, <c>&gt;&gt;vault:…</c>, or text that contains <c>${vault:…}</c> and may also contain a password.
/// </param>
public sealed record VaultVariable(string Name, string Reference)
{
    /// <summary>Returns whether the value of a variable is or contains a reference to Vault.</summary>
    /// <param name="value">The value; null if the variable has no literal value.</param>
    /// <returns>True if the value begins with <c>vault:</c> or <c>&gt;&gt;vault:</c>, or contains one of them after <c>${</c>.</returns>
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
