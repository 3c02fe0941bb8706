using KubeInject.Credentials;
using KubeInject.Credentials.PostgreSql;
using KubeInject.Leases;
using Npgsql;
using static KubeInject.IntegrationTests.TestDatabase;

namespace KubeInject.IntegrationTests.Credentials;

public sealed class PostgreSqlRevocationTests : PostgreSqlTest
{
    private const string Sessions = "SELECT count(*) FROM pg_stat_activity WHERE usename = $1";

    [Fact]
    public async Task Revoking_ends_all_sessions_and_prevents_new_ones()
    {
        var lease = await IssueAsync(Source(), await CreateRoleAsync());
        await using var idle = await OpenAsync(lease.Credential);
        await using var busy = await OpenAsync(lease.Credential);
        var query = busy.ExecuteAsync("SELECT pg_sleep(600)");

        await Source().RevokeAsync(lease.Record, CancellationToken.None);

        Assert.False(await CanLogInAsync(lease.Credential));
        Assert.Equal(0L, await ScalarAsync(Sessions, lease.Credential.Username));
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => query);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => idle.ScalarAsync("SELECT 1"));
        Assert.Empty(Leases.Records);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Owned_objects_in_every_database_are_reassigned_and_privileges_are_dropped(bool toAnother)
    {
        var (role, newOwner) = (await CreateRoleAsync(), await CreateRoleAsync());
        var (database, own) = (await CreateDatabaseAsync(), $"{role}_own");
        await ExecuteAsync($"GRANT CREATE ON SCHEMA public TO {role}, {newOwner}; CREATE TABLE {role}_shared (id int)");
        await ExecuteAsync($"GRANT CREATE ON SCHEMA public TO {role}, {newOwner}", database);
        var lease = await IssueAsync(Source(), role);
        var user = Identifier(lease.Credential.Username);
        foreach (var place in new[] { null, database })
        {
            await using var session = await OpenAsync(lease.Credential, place);
            await session.ExecuteAsync($"CREATE TABLE {own} AS SELECT 1 AS id");
        }

        await ExecuteAsync($"GRANT SELECT ON {role}_shared TO {user}; ALTER DEFAULT PRIVILEGES FOR ROLE {user} GRANT SELECT ON TABLES TO PUBLIC; GRANT CONNECT ON DATABASE {database} TO {user}; ALTER DATABASE {database} OWNER TO {user}");

        await Source(Options with { ReassignOwnedTo = toAnother ? newOwner : null }).RevokeAsync(lease.Record, CancellationToken.None);

        Assert.False(await HasRoleAsync(lease.Credential.Username));
        foreach (var place in new[] { null, database })
        {
            await using var session = await OpenAsync(database: place);
            Assert.Equal(toAnother ? newOwner : role, await session.ScalarAsync("SELECT tableowner::text FROM pg_tables WHERE tablename = $1", own));
            Assert.Equal(1L, await session.ScalarAsync($"SELECT count(*) FROM {own}"));
        }
    }

    [Fact]
    public async Task Revoking_a_role_that_does_not_exist_does_nothing()
    {
        var role = await CreateRoleAsync();
        var (lease, other) = (await IssueAsync(Source(), role), await IssueAsync(Source(), role));
        await Issuer().RevokeAsync(lease.Record, CancellationToken.None);
        Assert.False(await HasRoleAsync(lease.Credential.Username));

        await Issuer().RevokeAsync(lease.Record, CancellationToken.None);
        await Issuer().RevokeAsync(LeaseRecord.For(Request(role), Issuer()), CancellationToken.None);

        Assert.False(await HasRoleAsync(lease.Credential.Username));
        Assert.True(await CanLogInAsync(other.Credential));
        Assert.True(await HasRoleAsync(role));
    }

    [Fact]
    public async Task Concurrent_revocations_of_one_lease_succeed()
    {
        var (role, issuer) = (await CreateRoleAsync(), Issuer());
        for (var round = 0; round < 10; round++)
        {
            var lease = await IssueAsync(new CredentialSource(issuer, Leases), role);
            await using var session = await OpenAsync(lease.Credential);

            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => issuer.RevokeAsync(lease.Record, CancellationToken.None)));

            Assert.False(await HasRoleAsync(lease.Credential.Username));
        }
    }

    [Fact]
    public async Task Concurrent_handovers_of_the_same_objects_succeed()
    {
        var (role, issuer) = (await CreateRoleAsync(), Issuer());
        await ExecuteAsync($"GRANT CREATE ON SCHEMA public TO {role}");
        for (var round = 0; round < 5; round++)
        {
            var lease = await IssueAsync(new CredentialSource(issuer, Leases), role);
            await using (var pod = await OpenAsync(lease.Credential))
                await pod.ExecuteAsync($"CREATE TABLE public.{role}_{round} (x int)");

            await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => issuer.RevokeAsync(lease.Record, CancellationToken.None)));

            Assert.False(await HasRoleAsync(lease.Credential.Username));
            Assert.Equal(role, await ScalarAsync("SELECT tableowner::text FROM pg_tables WHERE tablename = $1", $"{role}_{round}"));
        }
    }

    [Theory]
    [InlineData("postgres")]
    [InlineData("kubeinject-orders")]
    public async Task A_record_that_names_another_role_does_not_affect_that_role(string name)
    {
        var lease = LeaseRecord.For(Request("orders"), Issuer()) with { Username = name };

        await FailsAsync(() => Issuer().RevokeAsync(lease, CancellationToken.None), CredentialFailure.Refused);
        await FailsAsync(() => Issuer().RenewAsync(lease, CancellationToken.None), CredentialFailure.Refused);

        Assert.Equal("postgres", await ScalarAsync("SELECT rolname::text FROM pg_roles WHERE rolname = 'postgres' AND rolcanlogin"));
    }

    [Fact]
    public async Task Custom_statements_replace_the_removal_of_the_role()
    {
        var role = await CreateRoleAsync();
        var source = Source(Options with { RevocationStatements = ["REVOKE \"{{role}}\" FROM \"{{name}}\"", $"COMMENT ON ROLE \"{{{{name}}}}\" IS 'kept'"] });
        var lease = await IssueAsync(source, role);
        await using var session = await OpenAsync(lease.Credential);

        await source.RevokeAsync(lease.Record, CancellationToken.None);

        Assert.False(await CanLogInAsync(lease.Credential));
        Assert.Equal(0L, await ScalarAsync(Sessions, lease.Credential.Username));
        Assert.Equal("kept", await ScalarAsync("SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = $1", lease.Credential.Username));
    }

    [Fact]
    public async Task A_revocation_waits_while_the_credential_is_being_issued()
    {
        var role = await CreateRoleAsync();
        await ExecuteAsync($"CREATE TABLE {role}_gate ()");
        var issuer = Issuer(Options with { CreationStatements = [PostgreSqlOptions.DefaultCreationStatement, $"LOCK TABLE public.{role}_gate"] });
        var lease = await issuer.PrepareAsync(LeaseRecord.For(Request(role), issuer), CancellationToken.None);
        await using var gate = await OpenAsync();
        await gate.ExecuteAsync($"BEGIN; LOCK TABLE {role}_gate");
        const string Waits = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND ($1 <> '' AND query LIKE '%' || $1 || '_gate%' OR $1 = '' AND query LIKE 'CREATE ROLE%NOLOGIN')";

        var issuing = issuer.IssueAsync(lease, CancellationToken.None);
        await UntilAsync(issuing, Waits, role);
        var revoking = issuer.RevokeAsync(lease, CancellationToken.None);
        await UntilAsync(revoking, Waits, "");
        Assert.False(revoking.IsCompleted);
        await gate.ExecuteAsync("COMMIT");
        var credential = await issuing;
        await revoking;

        Assert.False(await CanLogInAsync(credential));
        Assert.False(await HasRoleAsync(credential.Username));
    }

    [Theory]
    [InlineData("BEGIN; ALTER ROLE CURRENT_USER PASSWORD 'mine'")]
    [InlineData("BEGIN; CREATE TABLE public.{name} (x int); LOCK TABLE public.{name}")]
    [InlineData("SELECT pg_advisory_lock({key})")]
    public async Task A_pod_cannot_delay_its_revocation_by_a_lock(string statement)
    {
        var role = await CreateRoleAsync();
        await ExecuteAsync($"GRANT CREATE ON SCHEMA public TO {role}");
        var lease = await IssueAsync(Source(), role);
        await using var pod = await OpenAsync(lease.Credential);
        var key = System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(lease.Record.Uuid.ToByteArray());
        await pod.ExecuteAsync(statement.Replace("{name}", $"{role}_held", StringComparison.Ordinal).Replace("{key}", $"{key}", StringComparison.Ordinal));

        await Source(Options with { Timeout = TimeSpan.FromSeconds(10) }).RevokeAsync(lease.Record, CancellationToken.None);

        Assert.False(await HasRoleAsync(lease.Credential.Username));
    }

    [Fact]
    public async Task A_pod_cannot_delay_the_renewal_and_revocation_of_another_lease_by_a_lock()
    {
        var lease = await IssueAsync(Source(), await CreateRoleAsync());
        await using var other = await OpenAsync((await IssueAsync(Source(), await CreateRoleAsync())).Credential);
        var key = System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(lease.Record.Uuid.ToByteArray());
        await other.ExecuteAsync($"SELECT pg_advisory_lock({key})");
        var source = Source(Options with { Timeout = TimeSpan.FromSeconds(10) });

        await source.RevokeAsync(await source.RenewAsync(lease.Record, CancellationToken.None), CancellationToken.None);

        Assert.False(await HasRoleAsync(lease.Credential.Username));
    }

    [Fact]
    public async Task An_administrator_without_superuser_rights_can_issue_renew_and_revoke()
    {
        var database = await CreateDatabaseAsync();
        var (role, admin) = (await CreateRoleAsync(), await CreateRoleAsync(options: "LOGIN CREATEROLE PASSWORD 'admin-password'"));
        await ExecuteAsync($"GRANT {role} TO {admin} WITH ADMIN OPTION; GRANT CREATE ON DATABASE {database} TO {role}");
        await ExecuteAsync($"GRANT CREATE ON SCHEMA public TO {role}", database);
        var source = Source(Options with { ConnectionString = new SensitiveString($"postgresql://{admin}:admin-password@{Host}:{Port}/postgres") });
        var lease = await IssueAsync(source, role);
        await using var session = await OpenAsync(lease.Credential, database);
        await session.ExecuteAsync("CREATE TABLE own (id int)");
        lease = lease with { Record = await source.RenewAsync(lease.Record, CancellationToken.None) };

        await source.RevokeAsync(lease.Record, CancellationToken.None);

        Assert.False(await HasRoleAsync(lease.Credential.Username));
        await using var look = await OpenAsync(database: database);
        Assert.Equal(role, await look.ScalarAsync("SELECT tableowner::text FROM pg_tables WHERE tablename = 'own'"));
    }
}
