namespace KubeInject.Annotations;

/// <summary>The keys of the injection annotations.</summary>
internal static class InjectionAnnotation
{
    /// <summary>The prefix of all keys.</summary>
    public const string Prefix = "db-creds-injector.numberly.io/";

    /// <summary>The mount path of the database secrets engine, for every database of the pod.</summary>
    public const string Cluster = Prefix + "cluster";

    /// <summary>The role for every database without a separate role.</summary>
    public const string Role = Prefix + "role";

    /// <summary>The keys of the lease records, in the order of the sorted database names. A pod with this annotation is injected.</summary>
    public const string Uuid = Prefix + "uuid";

    /// <summary>A key that the in-cluster injector declares, but that has no effect.</summary>
    public const string Mode = Prefix + "mode";

    /// <summary>Returns the key of a setting of a database, such as <c>db-creds-injector.numberly.io/orders.role</c>.</summary>
    /// <param name="database">The user's name for the connection.</param>
    /// <param name="setting">The setting, such as <c>role</c> or <c>template</c>.</param>
    /// <returns>The key with its prefix.</returns>
    public static string ForDatabase(string database, string setting) => $"{Prefix}{database}.{setting}";

    /// <summary>Returns whether a key is from version 1. Injectors ignore a pod with such a key.</summary>
    /// <param name="key">The key of an annotation.</param>
    /// <returns>True for <c>revoke-ttl…</c>.</returns>
    public static bool IsLeftover(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.StartsWith(Prefix + "revoke-ttl", StringComparison.Ordinal);
    }

    /// <summary>Returns whether a key has the prefix of the injection annotations. The key can be unknown.</summary>
    /// <param name="key">The key of an annotation.</param>
    /// <returns>True if the key starts with <see cref="Prefix"/>.</returns>
    public static bool IsInjectionKey(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.StartsWith(Prefix, StringComparison.Ordinal);
    }

    /// <summary>Returns all leases that annotations name, even if other annotations are invalid.</summary>
    /// <param name="annotations">The annotations of a pod or of a pod template.</param>
    /// <returns>The UUIDs of the leases.</returns>
    public static IEnumerable<Guid> LeasesOf(IEnumerable<KeyValuePair<string, string>> annotations) =>
        from annotation in annotations
        where annotation.Key == Uuid || (IsInjectionKey(annotation.Key) && annotation.Key.EndsWith(".uuid", StringComparison.Ordinal))
        from text in annotation.Value.Split(',', StringSplitOptions.TrimEntries)
        where Guid.TryParseExact(text, "D", out _)
        select Guid.ParseExact(text, "D");
}
