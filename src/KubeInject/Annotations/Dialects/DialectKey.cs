namespace KubeInject.Annotations.Dialects;

/// <summary>Finds the injector of a key by its prefix.</summary>
public static class DialectKey
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

    /// <summary>Whether a key is an injector's, or nearly, so that it may be meant for it. Every key of every pod gets here.</summary>
    internal static bool IsOrResembles(string key)
    {
        // A prefix ends with its only slash, whose place decides of nearly all keys.
        var length = key.IndexOf('/', StringComparison.Ordinal) + 1;
        foreach (var (prefix, _) in Prefixes)
        {
            if (Math.Abs(prefix.Length - length) <= PrefixChecks.Limit)
                return (Of(key) ?? NearlyOf(key)?.Dialect) is not null || PrefixChecks.IsMisspelt(key);
        }

        return false;
    }

    /// <summary>The prefix of another injector that a key misses by one letter; null where it misses none.</summary>
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

    /// <summary>Whether one letter is missing, too many, another, or in its neighbour's place. Linear, for every key of every pod gets here.</summary>
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
