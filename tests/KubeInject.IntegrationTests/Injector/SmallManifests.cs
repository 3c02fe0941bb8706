namespace KubeInject.IntegrationTests.Injector;

/// <summary>Small manifests of pods for tests of <c>kubeinject check</c>.</summary>
internal static class SmallManifests
{
    /// <summary>A pod without findings.</summary>
    public const string Sound = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: sound
          labels: {vault-db-injector: "true"}
          annotations:
            db-creds-injector.numberly.io/pg.role: rw
            db-creds-injector.numberly.io/pg.env-key-dbuser: PGUSER
            db-creds-injector.numberly.io/pg.env-key-dbpassword: PGPASSWORD
        spec:
          containers:
            - name: app
              image: app

        """;

    /// <summary>A pod without a role (KI003), which is an error.</summary>
    public static string Wrong { get; } = Sound.Replace("name: sound", "name: wrong", StringComparison.Ordinal).Replace("pg.role: rw", "pg.mode: classic", StringComparison.Ordinal);

    /// <summary>A pod without the label of the injector (KI013), which is a warning.</summary>
    public static string Doubtful { get; } = Sound.Replace("name: sound", "name: doubtful", StringComparison.Ordinal).Replace("  labels: {vault-db-injector: \"true\"}\n", "", StringComparison.Ordinal);
}
