using KubeInject.Credentials;
using KubeInject.Kubernetes;
using KubeInject.Leases;

namespace KubeInject.IntegrationTests.Leases;

/// <summary>A kind of source that has to outlive being killed: another is another line in <see cref="All"/>.</summary>
/// <param name="Name">What the test calls it.</param>
/// <param name="Open">
/// Makes issuer and store, in the process that is killed and in the one that sweeps after it. What it issues are login
/// roles in the tests' PostgreSQL that are members of the place's role.
/// </param>
internal sealed record CrashSource(string Name, Func<CrashPlace, KubeClient, (ICredentialIssuer Issuer, ILeaseStore Leases)> Open)
{
    public static IReadOnlyList<CrashSource> All { get; } =
    [
        new("postgresql, records in Secrets", (place, client) => (PostgreSql(), new KubeLeaseStore(client, place.Namespace))),
        new("postgresql, records in files", (place, _) => (PostgreSql(), new FileLeaseStore(place.Folder))),
    ];

    private static PostgreSqlIssuer PostgreSql() => new(new PostgreSqlOptions { ConnectionString = TestDatabase.Superuser });
}
