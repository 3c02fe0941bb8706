using KubeInject.Credentials;
using KubeInject.Leases;
using Npgsql;
using static KubeInject.IntegrationTests.Credentials.PostgreSqlHandoverTests;
using static KubeInject.IntegrationTests.TestDatabase;

namespace KubeInject.IntegrationTests.Credentials;

/// <summary>If the objects of a login role cannot be handed over, they do not change, its login is still disabled, and its record is kept.</summary>
public sealed class PostgreSqlNotRemovedTests : PostgreSqlTest
{
    private const string Function = "CREATE FUNCTION app.pwn(q text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN EXECUTE q; END'";

    // Memberships that give a right. Since version 16 there is also one, without options, that lets the creator administer a role.
    private const string Memberships = """
        SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid IN (m.roleid, m.member)
        WHERE r.rolname = $1 AND coalesce(to_jsonb(m) ->> 'inherit_option', 'true') || coalesce(to_jsonb(m) ->> 'set_option', 'true') <> 'falsefalse'
        """;

    [Theory]
    [InlineData("the role is gone", "DROP OWNED BY {role}; DROP ROLE {role}", "does not exist")]
    [InlineData("now a superuser", "ALTER ROLE {role} SUPERUSER", "is a superuser")]
    [InlineData("now privileged", "GRANT pg_write_server_files TO {role}", "pg_write_server_files")]
    [InlineData("a member of a login role", "CREATE ROLE {other}; GRANT {other} TO {role}", "login role of a lease")]
    [InlineData("no longer allowed to create there", "REVOKE CREATE ON SCHEMA app FROM {role}", "app")]
    [InlineData("no longer a member", "REVOKE {role} FROM {login}", "not a member")]
    public async Task If_the_requested_role_cannot_own_the_objects_the_login_role_loses_only_its_login(string how, string statement, string why)
    {
        Assert.NotEmpty(how);
        var (role, database) = await WorldAsync();
        var lease = await IssueAsync(Source(), role);
        await PodAsync(lease, database, Function);
        await using var session = await OpenAsync(lease.Credential, database);
        await ExecuteAsync(Fill(statement, role, lease), database);

        var message = await IsNotRemovedAsync(Source(), lease, database);

        Assert.Contains(why, message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => session.ScalarAsync("SELECT 1"));
    }

    [Fact]
    public async Task A_login_role_is_not_removed_if_the_requested_role_may_not_create_in_the_schema_of_an_object_of_any_kind()
    {
        foreach (var statement in new[] { Function, "CREATE TABLE app.pwn (x int)", "CREATE VIEW app.pwn AS SELECT 1 AS x", "CREATE TYPE app.pwn AS ENUM ('x')", "CREATE SEQUENCE app.pwn" })
        {
            var (role, database) = await WorldAsync();
            var lease = await IssueAsync(Source(), role);
            await ExecuteAsync($"REVOKE CREATE ON SCHEMA app FROM {role}; GRANT CREATE ON SCHEMA app TO {Identifier(lease.Credential.Username)}", database);
            await PodAsync(lease, database, statement);

            Assert.Contains("may not create", await IsNotRemovedAsync(Source(), lease, database), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_login_role_is_not_removed_if_the_creation_statements_do_not_use_the_requested_role()
    {
        var (role, database) = await WorldAsync();
        var source = Source(Options with { CreationStatements = ["CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'"] });
        foreach (var requested in new[] { role, "whatever" })
        {
            var lease = await IssueAsync(source, requested);
            await ExecuteAsync($"GRANT USAGE, CREATE ON SCHEMA app TO {Identifier(lease.Credential.Username)}", database);
            await PodAsync(lease, database, Function);
            await IsNotRemovedAsync(source, lease, database);
            await ExecuteAsync("DROP FUNCTION app.pwn", database);
        }
    }

    [Fact]
    public async Task A_login_role_is_not_removed_if_it_owns_an_object_that_the_requested_role_can_never_own()
    {
        var (role, database) = await WorldAsync();
        var source = Source(Options with { CreationStatements = ["CREATE ROLE \"{{name}}\" SUPERUSER LOGIN PASSWORD '{{password}}' IN ROLE \"{{role}}\""] });
        var lease = await IssueAsync(source, role);
        await PodAsync(lease, database, "CREATE FUNCTION app.pwn() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER app_trigger ON sql_drop EXECUTE FUNCTION app.pwn()");

        var message = await IsNotRemovedAsync(source, lease, database);

        Assert.Contains("event trigger app_trigger", message, StringComparison.Ordinal);
        await ExecuteAsync("DROP EVENT TRIGGER app_trigger", database);
    }

    [Fact]
    public async Task The_message_says_what_an_administrator_has_to_do_and_the_next_attempt_removes_the_role()
    {
        var (role, database) = await WorldAsync();
        var (lease, keeper) = (await IssueAsync(Source(), role), await CreateRoleAsync());
        await PodAsync(lease, database, Function);
        await ExecuteAsync($"REVOKE CREATE ON SCHEMA app FROM {role}", database);
        var user = Identifier(lease.Credential.Username);
        Assert.Contains($"REASSIGN OWNED BY {user} TO", await IsNotRemovedAsync(Source(), lease, database), StringComparison.Ordinal);
        await IsNotRemovedAsync(Source(), lease, database);

        await ExecuteAsync($"REASSIGN OWNED BY {user} TO {keeper}", database);
        await Source().RevokeAsync(lease.Record, CancellationToken.None);

        Assert.False(await HasRoleAsync(lease.Credential.Username));
        Assert.Empty(Leases.Records);
    }

    [Fact]
    public async Task A_privilege_that_another_role_granted_is_named_if_the_administrator_may_not_revoke_it()
    {
        var (role, database) = await WorldAsync();
        var source = Source(Options with { ConnectionString = Connection(await CreateAdministratorAsync(role)) });
        var lease = await IssueAsync(source, role);
        var other = await CreateRoleAsync();
        await ExecuteAsync($"GRANT USAGE, CREATE ON SCHEMA app TO {other}; SET ROLE {other}; CREATE TABLE app.theirs (x int); GRANT SELECT ON app.theirs TO {Identifier(lease.Credential.Username)}; RESET ROLE", database);

        var message = (await FailsAsync(() => source.RevokeAsync(lease.Record, CancellationToken.None), CredentialFailure.Refused)).Message;

        Assert.Contains("app.theirs", message, StringComparison.Ordinal);
        Assert.Contains($"DROP OWNED BY {Identifier(lease.Credential.Username)}", message, StringComparison.Ordinal);
        Assert.False(await CanLogInAsync(lease.Credential));
    }

    [Theory]
    [InlineData("REVOKE CREATE ON SCHEMA app FROM {role}")]
    [InlineData("ALTER DATABASE {database} ALLOW_CONNECTIONS false")]
    public async Task All_databases_are_checked_before_anything_is_handed_over(string statement)
    {
        var (role, first) = await WorldAsync();
        var second = await CreateDatabaseAsync();
        var (sound, other) = string.CompareOrdinal(first, second) < 0 ? (first, second) : (second, first);
        await ExecuteAsync($"CREATE SCHEMA app; GRANT USAGE, CREATE ON SCHEMA app TO {role}", second);
        var lease = await IssueAsync(Source(), role);
        foreach (var database in new[] { first, second })
            await PodAsync(lease, database, Function);
        await ExecuteAsync(statement.Replace("{role}", role, StringComparison.Ordinal).Replace("{database}", other, StringComparison.Ordinal), statement.StartsWith("ALTER DATABASE", StringComparison.Ordinal) ? null : other);

        var message = await IsNotRemovedAsync(Source(), lease, sound);

        Assert.Contains(first, message, StringComparison.Ordinal);
        Assert.Contains(second, message, StringComparison.Ordinal);
        await ExecuteAsync($"ALTER DATABASE {other} ALLOW_CONNECTIONS true");
        Assert.Equal(["function app.pwn(pg_catalog.text)"], await OwnedAsync(lease.Credential.Username, other));
    }

    [Fact]
    public async Task A_prepared_transaction_of_the_login_role_is_kept_and_named()
    {
        var (role, database) = await WorldAsync();
        var lease = await IssueAsync(Source(), role);
        await PodAsync(lease, database, "BEGIN; CREATE TABLE app.later (x int); PREPARE TRANSACTION 'from-the-pod\n\u001b[31m'");
        try
        {
            var message = (await FailsAsync(() => Source().RevokeAsync(lease.Record, CancellationToken.None), CredentialFailure.Refused)).Message;

            Assert.Contains("prepared transaction", message, StringComparison.Ordinal);
            Assert.Contains("from-the-pod", message, StringComparison.Ordinal);
            Assert.Contains(database, message, StringComparison.Ordinal);
            Assert.DoesNotContain('\u001b', message);
            Assert.False(await CanLogInAsync(lease.Credential));
            Assert.Single(Leases.Records);
        }
        finally
        {
            await ExecuteAsync("ROLLBACK PREPARED 'from-the-pod\n\u001b[31m'", database);
        }

        await Source().RevokeAsync(lease.Record, CancellationToken.None);
        Assert.False(await HasRoleAsync(lease.Credential.Username));
    }

    [Fact]
    public async Task A_prepared_transaction_that_blocks_the_removal_of_the_login_is_named()
    {
        var lease = await IssueAsync(Source(), await CreateRoleAsync());
        await PodAsync(lease, "postgres", $"BEGIN; ALTER ROLE CURRENT_USER PASSWORD 'mine'; PREPARE TRANSACTION '{lease.Record.Uuid}'");
        await using var session = await OpenAsync(lease.Credential);
        try
        {
            var message = (await FailsAsync(() => Source().RevokeAsync(lease.Record, CancellationToken.None), CredentialFailure.Refused)).Message;

            Assert.Contains("can still log in", message, StringComparison.Ordinal);
            Assert.Contains($"prepared transaction '{lease.Record.Uuid}'", message, StringComparison.Ordinal);
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => session.ScalarAsync("SELECT 1"));
        }
        finally
        {
            await ExecuteAsync($"ROLLBACK PREPARED '{lease.Record.Uuid}'");
        }

        await Source().RevokeAsync(lease.Record, CancellationToken.None);
        Assert.False(await HasRoleAsync(lease.Credential.Username));
    }

    [Fact]
    public async Task A_role_that_became_privileged_after_the_lease_was_issued_receives_nothing()
    {
        foreach (var options in new[] { "SUPERUSER", "CREATEROLE", "IN ROLE pg_read_all_data" })
        {
            var (role, database) = await WorldAsync();
            var newOwner = await CreateRoleAsync(options: options);
            var lease = await IssueAsync(Source(), role);
            await PodAsync(lease, database, Function);

            Assert.Contains(newOwner, await IsNotRemovedAsync(Source(Options with { ReassignOwnedTo = newOwner }), lease, database), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_role_that_is_a_member_of_the_login_role_loses_its_rights()
    {
        var (role, database) = await WorldAsync();
        var friend = await CreateRoleAsync(options: $"LOGIN PASSWORD '{UserPassword}'");
        var lease = await IssueAsync(Source(), role);
        await PodAsync(lease, database, Function);
        await ExecuteAsync($"GRANT {Identifier(lease.Credential.Username)} TO {friend}; CREATE TABLE app.secrets (x int); GRANT SELECT ON app.secrets TO {role}", database);
        await ExecuteAsync($"REVOKE CREATE ON SCHEMA app FROM {role}; GRANT USAGE ON SCHEMA app TO {friend}", database);

        await IsNotRemovedAsync(Source(), lease, database);

        await using var session = await OpenAsync(friend, UserPassword, database);
        foreach (var statement in new[] { $"SET ROLE {Identifier(lease.Credential.Username)}", "SELECT * FROM app.secrets", "SELECT app.pwn('SELECT * FROM app.secrets')" })
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => session.ExecuteAsync(statement))).SqlState);
    }

    [Fact]
    public async Task An_administrator_without_superuser_rights_can_disable_the_login_and_gets_no_membership()
    {
        var (role, database) = await WorldAsync();
        var admin = await CreateAdministratorAsync(role);
        var source = Source(Options with { ConnectionString = Connection(admin) });
        var lease = await IssueAsync(source, role);
        await PodAsync(lease, database, Function);
        await using var session = await OpenAsync(lease.Credential, database);
        await ExecuteAsync($"REVOKE CREATE ON SCHEMA app FROM {role}", database);

        await IsNotRemovedAsync(source, lease, database);

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => session.ScalarAsync("SELECT 1"));
    }

    [Fact]
    public async Task A_requested_role_that_became_a_member_of_the_administrator_receives_nothing()
    {
        var (role, database) = await WorldAsync();
        var admin = await CreateRoleAsync(options: $"LOGIN CREATEROLE PASSWORD '{UserPassword}'");
        var source = Source(Options with { ConnectionString = Connection(admin) });
        var lease = await IssueAsync(Source(), role);
        await PodAsync(lease, database, Function);
        await using var session = await OpenAsync(lease.Credential, database);
        if (session.PostgreSqlVersion.Major >= 16)
            return; // since PostgreSQL 16 a user who may grant a role is a member of it, so the role cannot become a member of the user
        await ExecuteAsync($"GRANT {admin} TO {role}");

        Assert.Contains(admin, await IsNotRemovedAsync(source, lease, database), StringComparison.Ordinal);

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => session.ScalarAsync("SELECT 1"));
    }

    [Fact]
    public async Task Only_the_first_names_that_a_pod_chose_are_shown_on_one_line_without_control_characters()
    {
        var (role, database) = await WorldAsync();
        var lease = await IssueAsync(Source(), role);
        await PodAsync(lease, database, $"CREATE TABLE app.\"a\n::error::\u001b[31m\u202e{string.Concat(Enumerable.Repeat("x-", 20))}\" (x int); {string.Join(';', Enumerable.Range(0, 30).Select(i => $"CREATE TABLE app.t{i} (x int)"))}");
        await ExecuteAsync($"REVOKE CREATE ON SCHEMA app FROM {role}", database);

        var message = (await FailsAsync(() => Source().RevokeAsync(lease.Record, CancellationToken.None), CredentialFailure.Refused)).Message;

        Assert.DoesNotContain(message, character => char.IsControl(character) || character == '\u202e');
        Assert.Contains("26 more", message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 100, 2000);
    }

    [Fact]
    public async Task Custom_statements_that_fail_name_the_objects_that_keep_the_role()
    {
        var (role, database) = await WorldAsync();
        var source = Source(Options with { RevocationStatements = ["DROP ROLE \"{{name}}\""], ConnectionString = Connection(database: database) });
        var lease = await IssueAsync(source, role);
        await PodAsync(lease, database, Function);

        var message = (await Assert.ThrowsAsync<CredentialException>(() => source.RevokeAsync(lease.Record, CancellationToken.None))).Message;

        Assert.Contains("app.pwn(text)", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    /// <summary>Revokes a lease whose role cannot be removed, and asserts that only the login and the memberships have changed.</summary>
    private async Task<string> IsNotRemovedAsync(CredentialSource source, IssuedLease lease, string database)
    {
        var before = await OwnedAsync(lease.Credential.Username, database);
        var message = (await FailsAsync(() => source.RevokeAsync(lease.Record, CancellationToken.None), CredentialFailure.Refused)).Message;

        Assert.Equal(before, await OwnedAsync(lease.Credential.Username, database));
        Assert.Contains(before, name => name.Contains("app.pwn", StringComparison.Ordinal));
        Assert.Contains("app.pwn", message, StringComparison.Ordinal);
        Assert.Contains($"'{database}'", message, StringComparison.Ordinal);
        Assert.Contains(lease.Credential.Username, message, StringComparison.Ordinal);
        Assert.False(await CanLogInAsync(lease.Credential));
        Assert.Equal(
            true,
            await ScalarAsync("SELECT NOT rolcanlogin AND rolpassword IS NULL AND rolvaliduntil < now() FROM pg_authid WHERE rolname = $1", lease.Credential.Username));
        Assert.Equal(0L, await ScalarAsync(Memberships, lease.Credential.Username));
        Assert.Equal(LeaseState.Expired, LeaseInventory.StateAt(Leases.Records[lease.Record.Uuid], isAbandoned: false, source.Time.GetUtcNow()));
        return message;
    }

    private static string Fill(string statement, string role, IssuedLease lease) => statement
        .Replace("{role}", role, StringComparison.Ordinal)
        .Replace("{login}", Identifier(lease.Credential.Username), StringComparison.Ordinal)
        .Replace("{other}", Identifier($"kubeinject-other-{Guid.NewGuid():n}"), StringComparison.Ordinal);
}
