namespace KubeInject.Injector.Sources;

/// <summary>The names of the credential sources.</summary>
internal static class SourceNames
{
    public const string Local = "local";
    public const string KubeSecret = "kube-secret";
    public const string Vault = "vault";
    public const string PostgreSql = "postgresql";

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } = [Vault, PostgreSql, KubeSecret, Local];

    /// <summary>All names with a short description, for help and messages.</summary>
    public const string Text = $"{Vault} (HashiCorp Vault or OpenBao), {PostgreSql} (login roles created directly in PostgreSQL), {KubeSecret} (existing Secrets of the cluster), {Local} (generated credentials for trials, which no database accepts)";
}
