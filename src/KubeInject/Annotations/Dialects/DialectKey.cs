namespace KubeInject.Annotations.Dialects;

/// <summary>Finds the injector of a key by its prefix.</summary>
internal static class DialectKey
{
    /// <summary>The prefix of the keys of HashiCorp's Vault Agent injector.</summary>
    public const string VaultAgentPrefix = "vault.hashicorp.com/";

    /// <summary>The prefix of the keys of the Bank-Vaults vault-secrets-webhook. Its successor also accepts them.</summary>
    public const string BankVaultsPrefix = "vault.security.banzaicloud.io/";

    /// <summary>The prefix of the keys of the Bank-Vaults secrets-webhook.</summary>
    public const string SecretsWebhookPrefix = "secrets-webhook.security.bank-vaults.io/";

    private static readonly (string Prefix, InjectionDialect Dialect)[] Prefixes =
    [
        (InjectionAnnotation.Prefix, InjectionDialect.VaultDbInjector),
        (VaultAgentPrefix, InjectionDialect.VaultAgent),
        (BankVaultsPrefix, InjectionDialect.BankVaults),
        (SecretsWebhookPrefix, InjectionDialect.BankVaults),
    ];

    /// <summary>Returns the dialect of a key by its prefix. The name after the prefix can be unknown.</summary>
    /// <param name="key">The key of an annotation.</param>
    /// <returns>The dialect. Null if the key has no known prefix.</returns>
    public static InjectionDialect? Of(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        foreach (var (prefix, dialect) in Prefixes)
        {
            if (key.StartsWith(prefix, StringComparison.Ordinal))
                return dialect;
        }

        return null;
    }

    /// <summary>Returns whether a key has the prefix of an injector or a similar prefix. Called for every key of every pod.</summary>
    internal static bool IsOrResembles(string key)
    {
        // A prefix ends with its only slash. The position of the slash excludes nearly all keys.
        var length = key.IndexOf('/', StringComparison.Ordinal) + 1;
        foreach (var (prefix, _) in Prefixes)
        {
            if (Math.Abs(prefix.Length - length) <= PrefixChecks.Limit)
                return (Of(key) ?? NearlyOf(key)?.Dialect) is not null || PrefixChecks.IsMisspelled(key);
        }

        return false;
    }

    /// <summary>Returns the prefix of another injector that differs from the prefix of a key by one letter. Null if there is none.</summary>
    internal static (string Prefix, InjectionDialect Dialect)? NearlyOf(string key)
    {
        var length = key.IndexOf('/', StringComparison.Ordinal) + 1;
        foreach (var (prefix, dialect) in Prefixes)
        {
            if (dialect != InjectionDialect.VaultDbInjector && length > 0 && IsOneEditApart(key.AsSpan(0, length), prefix))
                return (prefix, dialect);
        }

        return null;
    }

    /// <summary>Returns whether one letter is missing, added, replaced, or swapped with its neighbor. Linear, because it is called for every key of every pod.</summary>
    private static bool IsOneEditApart(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        if (Math.Abs(left.Length - right.Length) > 1)
            return false;
        var start = left.CommonPrefixLength(right);
        left = left[start..];
        right = right[start..];
        var end = 0;
        while (end < left.Length && end < right.Length && left[^(end + 1)] == right[^(end + 1)])
            end++;
        left = left[..^end];
        right = right[..^end];
        return left.Length + right.Length is 1
            || (left.Length == 1 && right.Length == 1)
            || (left.Length == 2 && right.Length == 2 && left[0] == right[1] && left[1] == right[0]);
    }
}
