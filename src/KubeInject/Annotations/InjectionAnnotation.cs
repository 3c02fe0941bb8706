namespace KubeInject.Annotations;

/// <summary>The keys of the injection contract.</summary>
public static class InjectionAnnotation
{
    /// <summary>What every key of the contract starts with.</summary>
    public const string Prefix = "db-creds-injector.numberly.io/";

    /// <summary>The mount path of the database secrets engine, for every database of the pod.</summary>
    public const string Cluster = Prefix + "cluster";

    /// <summary>The role for every database that has none of its own.</summary>
    public const string Role = Prefix + "role";

    /// <summary>The keys of the lease records, in the order of the sorted database names. Present means injected.</summary>
    public const string Uuid = Prefix + "uuid";

    /// <summary>Declared by the in-cluster injector and without effect.</summary>
    public const string Mode = Prefix + "mode";

    /// <summary>The key of one setting of one database: <c>db-creds-injector.numberly.io/orders.role</c>.</summary>
    /// <param name="database">The user's own name for the connection.</param>
    /// <param name="setting">The setting, such as <c>role</c> or <c>template</c>.</param>
    /// <returns>The whole key.</returns>
    public static string ForDatabase(string database, string setting) => $"{Prefix}{database}.{setting}";

    /// <summary>Whether a key is left over from version 1, for which a pod is left alone.</summary>
    /// <param name="key">The key of an annotation.</param>
    /// <returns>True for <c>revoke-ttl…</c>.</returns>
    public static bool IsLeftover(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.StartsWith(Prefix + "revoke-ttl", StringComparison.Ordinal);
    }

    /// <summary>Whether a key belongs to the contract's prefix, known or not.</summary>
    /// <param name="key">The key of an annotation.</param>
    /// <returns>True where it starts with <see cref="Prefix"/>.</returns>
    public static bool IsInjectionKey(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.StartsWith(Prefix, StringComparison.Ordinal);
    }

    /// <summary>Every lease that annotations name, in whatever way and whether or not the rest of them makes sense.</summary>
    /// <param name="annotations">The annotations of a pod or of a pod template.</param>
    /// <returns>The UUIDs of the leases.</returns>
    public static IEnumerable<Guid> LeasesOf(IEnumerable<KeyValuePair<string, string>> annotations) =>
        from annotation in annotations
        where annotation.Key == Uuid || (IsInjectionKey(annotation.Key) && annotation.Key.EndsWith(".uuid", StringComparison.Ordinal))
        from text in annotation.Value.Split(',', StringSplitOptions.TrimEntries)
        where Guid.TryParseExact(text, "D", out _)
        select Guid.ParseExact(text, "D");
}
