using KubeInject.Credentials;
using KubeInject.Leases;
using Npgsql;
using static KubeInject.IntegrationTests.TestDatabase;

namespace KubeInject.IntegrationTests.Credentials;

/// <summary>Objects of a pod go to the role that the pod requested, and never get more rights than the pod had.</summary>
public sealed class PostgreSqlHandoverTests : PostgreSqlTest
{
    /// <summary>The kinds of objects that a pod can own, by the statements that create them.</summary>
    public static TheoryData<string> Kinds =>
    [
        "CREATE TABLE app.t (id serial PRIMARY KEY, x int DEFAULT 1 CHECK (x > 0)); CREATE INDEX ON app.t (x)",
        "CREATE TABLE app.p (id int) PARTITION BY RANGE (id); CREATE TABLE app.p1 PARTITION OF app.p FOR VALUES FROM (0) TO (9)",
        "CREATE VIEW app.v AS SELECT 1 AS x; CREATE MATERIALIZED VIEW app.m AS SELECT 1 AS x",
        "CREATE SEQUENCE app.s",
        "CREATE FUNCTION app.f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'; CREATE PROCEDURE app.q() LANGUAGE sql AS ''",
        "CREATE FUNCTION app.add(int, int) RETURNS int LANGUAGE sql AS 'SELECT $1 + $2'; CREATE AGGREGATE app.total(int) (SFUNC = app.add, STYPE = int); CREATE OPERATOR app.@+@ (FUNCTION = app.add, LEFTARG = int, RIGHTARG = int)",
        "CREATE TYPE app.e AS ENUM ('x'); CREATE TYPE app.c AS (x int); CREATE DOMAIN app.d AS int; CREATE TYPE app.r AS RANGE (SUBTYPE = int)",
        "CREATE TABLE app.g (x int); CREATE FUNCTION app.tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER tr BEFORE INSERT ON app.g EXECUTE FUNCTION app.tf(); CREATE RULE ru AS ON DELETE TO app.g DO INSTEAD NOTHING; CREATE POLICY po ON app.g TO CURRENT_USER USING (true)",
        "CREATE TABLE app.st (x int, y int); CREATE STATISTICS app.sx ON x, y FROM app.st",
        "CREATE SCHEMA own CREATE TABLE t (x int)",
        "SELECT lo_create(0)",
        "CREATE EXTENSION hstore SCHEMA app",
        "CREATE COLLATION app.co FROM \"C\"; CREATE TEXT SEARCH CONFIGURATION app.tc (COPY = simple); CREATE TEXT SEARCH DICTIONARY app.td (TEMPLATE = simple)",
        "CREATE CONVERSION app.cv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8",
        "CREATE SERVER remote FOREIGN DATA WRAPPER wrapper; CREATE FOREIGN TABLE app.ft (x int) SERVER remote; CREATE USER MAPPING FOR CURRENT_USER SERVER remote",
        "CREATE TABLE app.pt (x int); CREATE PUBLICATION pub FOR TABLE app.pt",
        "CREATE TABLE app.o (x int); ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC",
    ];

    [Theory]
    [InlineData(false, "ALTER ROLE {0} SUPERUSER")]
    [InlineData(true, "GRANT pg_execute_server_program TO {0}")]
    public async Task A_function_of_a_revoked_pod_never_runs_with_the_rights_of_the_administrator(bool isCreateRole, string attack)
    {
        var (role, database) = await WorldAsync();
        var admin = isCreateRole ? await CreateAdministratorAsync(role) : null;
        if (isCreateRole)
            await ExecuteAsync($"GRANT USAGE, CREATE ON SCHEMA app TO {admin}", database);
        var source = Source(Options with { ConnectionString = Connection(admin) });
        var lease = await IssueAsync(source, role);
        await PodAsync(lease, database, "CREATE FUNCTION app.pwn(q text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN EXECUTE q; END'");

        await source.RevokeAsync(lease.Record, CancellationToken.None);

        Assert.False(await HasRoleAsync(lease.Credential.Username));
        var next = await IssueAsync(source, role);
        await using var pod = await OpenAsync(next.Credential, database);
        Assert.Equal(role, await pod.ScalarAsync("SELECT pg_get_userbyid(proowner)::text FROM pg_proc WHERE proname = 'pwn'"));
        var refused = await Assert.ThrowsAsync<PostgresException>(() => pod.ExecuteAsync($"SELECT app.pwn('{string.Format(null, attack, Identifier(next.Credential.Username))}')"));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Objects_of_every_kind_go_to_the_requested_role(string statements)
    {
        foreach (var isCreateRole in new[] { false, true })
        {
            var (role, database) = await WorldAsync();
            await ExecuteAsync($"GRANT CREATE ON DATABASE {database} TO {role}; CREATE FOREIGN DATA WRAPPER wrapper; GRANT USAGE ON FOREIGN DATA WRAPPER wrapper TO {role}", database);
            var admin = isCreateRole ? await CreateAdministratorAsync(role) : null;
            var source = Source(Options with { ConnectionString = Connection(admin) });
            var lease = await IssueAsync(source, role);
            await PodAsync(lease, database, statements);
            var made = await OwnedAsync(lease.Credential.Username, database);
            Assert.NotEmpty(made);

            await source.RevokeAsync(lease.Record, CancellationToken.None);

            Assert.False(await HasRoleAsync(lease.Credential.Username));
            Assert.Equal(made, await OwnedAsync(role, database));
            Assert.Empty(Leases.Records);
        }
    }

    [Fact]
    public async Task An_administrator_can_choose_another_role_without_special_rights()
    {
        foreach (var isCreateRole in new[] { false, true })
        {
            var (role, database) = await WorldAsync();
            var newOwner = await CreateRoleAsync();
            await ExecuteAsync($"GRANT USAGE, CREATE ON SCHEMA app TO {newOwner}", database);
            var admin = isCreateRole ? await CreateAdministratorAsync(role) : null;
            if (isCreateRole)
                await ExecuteAsync($"GRANT {newOwner} TO {admin} WITH ADMIN OPTION");
            var source = Source(Options with { ConnectionString = Connection(admin), ReassignOwnedTo = newOwner });
            var lease = await IssueAsync(source, role);
            await PodAsync(lease, database, "CREATE TABLE app.t (x int); CREATE FUNCTION app.f() RETURNS int LANGUAGE sql AS 'SELECT 1'");
            var made = await OwnedAsync(lease.Credential.Username, database);

            await source.RevokeAsync(lease.Record, CancellationToken.None);

            Assert.False(await HasRoleAsync(lease.Credential.Username));
            Assert.Equal(made, await OwnedAsync(newOwner, database));
            Assert.Empty(await OwnedAsync(role, database));
        }
    }

    [Theory]
    [InlineData("SUPERUSER", "is a superuser")]
    [InlineData("CREATEROLE", "CREATEROLE")]
    [InlineData("IN ROLE pg_execute_server_program", "pg_execute_server_program")]
    [InlineData("NOINHERIT IN ROLE postgres", "is a superuser")]
    public async Task A_privileged_role_is_rejected_as_new_owner_before_anything_is_issued(string options, string why)
    {
        var newOwner = await CreateRoleAsync(options: options);

        var message = (await FailsAsync(async () => await IssueAsync(Source(Options with { ReassignOwnedTo = newOwner }), await CreateRoleAsync()), CredentialFailure.Refused)).Message;

        Assert.Contains(newOwner, message, StringComparison.Ordinal);
        Assert.Contains(why, message, StringComparison.Ordinal);
        Assert.Contains("ReassignOwnedTo", message, StringComparison.Ordinal);
        Assert.Empty(Leases.Records);
    }

    [Fact]
    public async Task The_connecting_user_a_login_role_and_a_missing_role_are_rejected_as_new_owner()
    {
        var role = await CreateRoleAsync();
        var admin = await CreateAdministratorAsync(role);
        var lease = await IssueAsync(Source(), role);
        foreach (var newOwner in new[] { admin, lease.Credential.Username, "no-such-role" })
        {
            var source = Source(Options with { ConnectionString = Connection(admin), ReassignOwnedTo = newOwner });
            Assert.Contains(newOwner, (await FailsAsync(() => IssueAsync(source, role), CredentialFailure.Refused)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_login_role_that_owns_nothing_is_removed_even_if_the_requested_role_is_gone_or_privileged()
    {
        var (gone, privileged, database) = (await CreateRoleAsync(), await CreateRoleAsync(), await CreateDatabaseAsync());
        var leases = new[] { await IssueAsync(Source(), gone), await IssueAsync(Source(), privileged) };
        foreach (var lease in leases)
            await ExecuteAsync($"CREATE TABLE \"{lease.Record.Uuid}\" (x int); GRANT SELECT ON \"{lease.Record.Uuid}\" TO {Identifier(lease.Credential.Username)}", database);
        await ExecuteAsync($"DROP ROLE {gone}; ALTER ROLE {privileged} SUPERUSER");

        foreach (var lease in leases)
        {
            await Source().RevokeAsync(lease.Record, CancellationToken.None);
            Assert.False(await HasRoleAsync(lease.Credential.Username));
        }

        Assert.Empty(Leases.Records);
    }

    /// <summary>A database with a schema that a role may create in.</summary>
    internal static async Task<(string Role, string Database)> WorldAsync()
    {
        var (role, database) = (await CreateRoleAsync(), await CreateDatabaseAsync());
        await ExecuteAsync($"CREATE SCHEMA app; GRANT USAGE, CREATE ON SCHEMA app TO {role}; REVOKE CREATE ON SCHEMA public FROM PUBLIC", database);
        return (role, database);
    }

    /// <summary>Runs statements with the credential of a pod.</summary>
    internal static async Task PodAsync(IssuedLease lease, string database, string statements)
    {
        await using var pod = await OpenAsync(lease.Credential, database);
        await pod.ExecuteAsync(statements);
    }

    /// <summary>The objects that a role owns in the database, without its default privileges and user mappings.</summary>
    internal static async Task<string[]> OwnedAsync(string role, string database)
    {
        await using var connection = await OpenAsync(database: database);
        return (string[])(await connection.ScalarAsync(
            """
            SELECT coalesce(array_agg(o.type || ' ' || o.identity ORDER BY o.type || ' ' || o.identity), '{}')
            FROM pg_shdepend s CROSS JOIN LATERAL pg_identify_object(s.classid, s.objid, 0) o
            WHERE s.refobjid = (SELECT oid FROM pg_roles WHERE rolname = $1) AND s.deptype = 'o' AND s.classid NOT IN ('pg_default_acl'::regclass, 'pg_user_mapping'::regclass)
              AND s.dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
            """,
            role))!;
    }
}
