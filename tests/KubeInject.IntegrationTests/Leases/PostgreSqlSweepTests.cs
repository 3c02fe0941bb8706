using KubeInject.Credentials;
using KubeInject.Credentials.PostgreSql;
using KubeInject.IntegrationTests.Credentials;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.IntegrationTests.Leases;

public sealed class PostgreSqlSweepTests : SweepTest
{
    [Fact]
    public async Task A_login_role_that_cannot_be_removed_fails_in_each_sweep_and_does_not_stop_other_leases()
    {
        var (role, database) = await PostgreSqlHandoverTests.WorldAsync();
        using var issuer = new PostgreSqlIssuer(new PostgreSqlOptions { ConnectionString = TestDatabase.Superuser });
        var stuck = await IssueAsync(issuer, role);
        await PostgreSqlHandoverTests.PodAsync(stuck, database, "CREATE TABLE app.left_behind (x int)");
        await TestDatabase.ExecuteAsync($"REVOKE CREATE ON SCHEMA app FROM {role}", database);
        for (var round = 0; round < 2; round++)
        {
            var (living, orphan) = (await IssueAsync(issuer, role), await IssueAsync(issuer, role));
            await PodAsync(living.Record);

            var summary = await RunAsync(Sweep(issuer: issuer, options: Options with { GracePeriod = TimeSpan.Zero }));

            Assert.Equal(1, summary.Revoked);
            var failure = Assert.Single(summary.Failures);
            Assert.Equal((stuck.Record.Uuid, LeaseAction.Revoke), (failure.Lease.Uuid, failure.Action));
            Assert.Contains("table app.left_behind", failure.Error.Message, StringComparison.Ordinal);
            Assert.Contains("REASSIGN OWNED BY", failure.Error.Message, StringComparison.Ordinal);
            Assert.Equal(
                (false, true, false),
                (await TestDatabase.CanLogInAsync(stuck.Credential), await TestDatabase.CanLogInAsync(living.Credential), await TestDatabase.CanLogInAsync(orphan.Credential)));
        }

        await TestDatabase.ExecuteAsync($"DROP OWNED BY {TestDatabase.Identifier(stuck.Credential.Username)}", database);
        Assert.Equal(0, (await RunAsync(Sweep(issuer: issuer, options: Options with { GracePeriod = TimeSpan.Zero }))).Failed);
        Assert.False(await TestDatabase.HasRoleAsync(stuck.Credential.Username));
    }

    private Task<IssuedLease> IssueAsync(PostgreSqlIssuer issuer, string role) => new CredentialSource(issuer, Leases).IssueAsync(
        new CredentialRequest(Guid.NewGuid(), "orders", role, "databases", new ObjectReference("Pod", Namespace, "orders"), "default"), CancellationToken.None);
}
