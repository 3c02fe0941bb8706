namespace KubeInject.Injector.Sources;

/// <summary>The sources of credentials that there are.</summary>
internal static class SourceNames
{
    public const string Local = "local";
    public const string KubeSecret = "kube-secret";
    public const string Vault = "vault";
    public const string PostgreSql = "postgresql";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Vault, PostgreSql, KubeSecret, Local];

    /// <summary>All of them, for a sentence.</summary>
    public const string Text = $"{Vault} (HashiCorp Vault or OpenBao), {PostgreSql} (login roles made in PostgreSQL itself), {KubeSecret} (existing Secrets of the cluster), {Local} (made-up credentials that no database knows, for trying out)";
}
