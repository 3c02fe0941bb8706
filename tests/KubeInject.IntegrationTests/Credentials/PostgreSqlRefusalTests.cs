using KubeInject.Credentials;
using KubeInject.Credentials.PostgreSql;
using Npgsql;
using static KubeInject.IntegrationTests.TestDatabase;

namespace KubeInject.IntegrationTests.Credentials;

/// <summary>An annotation of a pod cannot get more rights than the author of the pod has, and a failed operation leaves nothing.</summary>
public sealed class PostgreSqlRefusalTests : PostgreSqlTest
{
    [Fact]
    public async Task An_administrator_who_could_not_remove_login_roles_because_of_NOINHERIT_is_rejected_before_anything_is_issued()
    {
        var role = await CreateRoleAsync();
        var admin = await CreateAdministratorAsync(role);
        await ExecuteAsync($"ALTER ROLE {admin} NOINHERIT");
        await using var session = await OpenAsync();
        if (session.PostgreSqlVersion.Major >= 16)
            return; // since PostgreSQL 16 each membership has its own INHERIT option

        var message = (await FailsAsync(() => IssueAsync(Source(Options with { ConnectionString = Connection(admin) }), role), CredentialFailure.Refused)).Message;

        Assert.Contains($"ALTER ROLE \"{admin}\" INHERIT", message, StringComparison.Ordinal);
        Assert.Empty(Leases.Records);
    }

    [Fact]
    public async Task The_list_of_roles_has_only_roles_that_pods_can_request()
    {
        var role = await CreateRoleAsync("-ro");
        var member = await CreateRoleAsync(options: $"NOLOGIN IN ROLE \"{role}\"");
        var privileged = await CreateRoleAsync(options: "NOLOGIN CREATEDB");
        var distant = await CreateRoleAsync(options: $"NOLOGIN IN ROLE {privileged}");
        var login = await CreateRoleAsync(options: "LOGIN");

        var roles = await Issuer().ListRolesAsync("databases", CancellationToken.None);

        Assert.Equal(new[] { role, member }.Order(StringComparer.Ordinal), roles.Intersect([role, member, privileged, distant, login]).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(roles, name => name.StartsWith("pg_", StringComparison.Ordinal));
        Assert.DoesNotContain(member, await Issuer(Options with { AllowedRoles = ["*-ro"] }).ListRolesAsync("databases", CancellationToken.None));
    }

    [Theory]
    [InlineData("SUPERUSER", "is a superuser")]
    [InlineData("CREATEROLE", "CREATEROLE")]
    [InlineData("CREATEDB", "CREATEDB")]
    [InlineData("REPLICATION", "REPLICATION")]
    [InlineData("BYPASSRLS", "BYPASSRLS")]
    [InlineData("IN ROLE pg_read_server_files", "pg_read_server_files")]
    [InlineData("IN ROLE postgres", "is a superuser")]
    public async Task A_privileged_role_and_its_members_are_rejected(string attribute, string why)
    {
        var privileged = await CreateRoleAsync(options: attribute);
        var member = await CreateRoleAsync(options: $"NOINHERIT IN ROLE {privileged}");
        var distant = await CreateRoleAsync(options: $"IN ROLE {member}");

        foreach (var role in new[] { privileged, member, distant })
        {
            var message = (await FailsAsync(() => IssueAsync(Source(), role), CredentialFailure.Refused)).Message;
            Assert.Contains(role, message, StringComparison.Ordinal);
            Assert.Contains(why, message, StringComparison.Ordinal);
        }

        Assert.Equal(0L, await ScalarAsync("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'kubeinject-' || left($1, 13) || '%'", privileged));
        Assert.Empty(Leases.Records);
    }

    [Theory]
    [InlineData("{login}")]
    [InlineData("{member}")]
    [InlineData("{distant}")]
    [InlineData("{disabled}")]
    [InlineData("{elsewhere}")]
    [InlineData("{added}")]
    public async Task The_login_role_of_a_lease_and_its_members_cannot_be_requested(string requested)
    {
        var lease = await IssueAsync(Source(), await CreateRoleAsync());
        var member = await CreateRoleAsync(options: $"IN ROLE {Identifier(lease.Credential.Username)}");
        var distant = await CreateRoleAsync(options: $"NOINHERIT IN ROLE {member}");
        var disabled = await IssueAsync(Source(), await CreateRoleAsync());
        await ExecuteAsync($"ALTER ROLE {Identifier(disabled.Credential.Username)} NOLOGIN PASSWORD NULL VALID UNTIL 'infinity'");
        var elsewhere = $"kubeinject-Orders_{Guid.NewGuid():n}"[..19] + $"-{Guid.NewGuid():n}";
        var added = $"kubeinject-o-{Guid.NewGuid():n}_owner";
        await ExecuteAsync($"CREATE ROLE {Identifier(elsewhere)}; CREATE ROLE {Identifier(added)}");
        var role = requested
            .Replace("{login}", lease.Credential.Username, StringComparison.Ordinal)
            .Replace("{member}", member, StringComparison.Ordinal)
            .Replace("{distant}", distant, StringComparison.Ordinal)
            .Replace("{disabled}", disabled.Credential.Username, StringComparison.Ordinal)
            .Replace("{elsewhere}", elsewhere, StringComparison.Ordinal)
            .Replace("{added}", added, StringComparison.Ordinal);
        var records = Leases.Records.Count;
        var (name, statement) = ("CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}'", "GRANT \"{{role}}\" TO \"{{name}}\"");

        foreach (var options in new[] { Options, Options with { AllowedRoles = ["*"] }, Options with { AllowedRoles = [role] }, Options with { CreationStatements = [name, statement] } })
            Assert.Contains("login role of a lease", (await FailsAsync(() => IssueAsync(Source(options), role), CredentialFailure.Refused)).Message, StringComparison.Ordinal);

        Assert.Equal(records, Leases.Records.Count);
    }

    [Theory]
    [InlineData("kubeinject")]
    [InlineData("kubeinject-orders-rw")]
    [InlineData("kubeinject-orders-2024")]
    public async Task A_role_of_an_administrator_can_have_a_name_with_the_same_prefix(string name)
    {
        var role = await CreateRoleAsync();
        await ExecuteAsync($"ALTER ROLE {role} RENAME TO \"{name}\"");
        try
        {
            var lease = await IssueAsync(Source(), name);
            await Source().RevokeAsync(lease.Record, CancellationToken.None);
        }
        finally
        {
            await ExecuteAsync($"DROP ROLE \"{name}\"");
        }
    }

    [Theory]
    [InlineData("pg_monitor")]
    [InlineData("postgres")]
    public async Task Predefined_roles_of_PostgreSQL_are_rejected(string role) => await FailsAsync(() => IssueAsync(Source(), role), CredentialFailure.Refused);

    [Fact]
    public async Task The_connecting_user_cannot_be_requested()
    {
        var admin = await CreateRoleAsync(options: "LOGIN PASSWORD 'admin-password'");
        var source = Source(Options with { ConnectionString = new SensitiveString($"postgresql://{admin}:admin-password@{Host}:{Port}/postgres") });

        Assert.Contains("is the user who creates the login roles", (await FailsAsync(() => IssueAsync(source, admin), CredentialFailure.Refused)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Custom_statements_do_not_bypass_this_check_but_can_name_such_a_role()
    {
        const string Create = "CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}' IN ROLE ";

        await FailsAsync(() => IssueAsync(Source(Options with { CreationStatements = [$"{Create} \"{{{{role}}}}\""] }), "pg_monitor"), CredentialFailure.Refused);
        var lease = await IssueAsync(Source(Options with { CreationStatements = [$"{Create} pg_monitor"] }), "whatever");

        Assert.True(await CanLogInAsync(lease.Credential));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    [InlineData("ééééééééééééééééééééééééééééééééé")]
    [InlineData("\ud800")]
    public async Task An_invalid_role_name_is_rejected(string role) => await FailsAsync(() => IssueAsync(Source(), role), CredentialFailure.Refused);

    [Fact]
    public async Task A_role_that_does_not_exist_is_rejected()
    {
        Assert.Contains("'no-such-role' does not exist", (await FailsAsync(() => IssueAsync(Source(), "no-such-role"), CredentialFailure.Refused)).Message, StringComparison.Ordinal);
        Assert.Empty(Leases.Records);
    }

    [Fact]
    public async Task Only_the_allowed_roles_are_issued_if_some_are_specified()
    {
        var role = await CreateRoleAsync("-rw");

        Assert.NotNull(await IssueAsync(Source(Options with { AllowedRoles = ["x", "r*-r?"] }), role));
        Assert.Contains("r*-ro", (await FailsAsync(() => IssueAsync(Source(Options with { AllowedRoles = ["x", "r*-ro"] }), role), CredentialFailure.Refused)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task If_the_server_is_down_the_error_is_clear_and_nothing_is_recorded()
    {
        var source = Source(Options with { ConnectionString = new SensitiveString($"postgresql://me:secret-password@{Host}:1/orders") });

        var message = (await FailsAsync(() => IssueAsync(source, "orders"), CredentialFailure.Unavailable)).Message;

        Assert.Contains($"PostgreSQL at {Host}:1, database 'orders'", message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-password", message, StringComparison.Ordinal);
        Assert.Empty(Leases.Records);
    }

    [Theory]
    [InlineData("postgresql://postgres:wrong@HOST/postgres", "refused the login of user 'postgres'")]
    [InlineData("postgresql://nouser:wrong@HOST/postgres", "refused the login of user 'nouser'")]
    public async Task An_authentication_failure_names_the_user(string connection, string says)
    {
        var source = Source(Options with { ConnectionString = new SensitiveString(connection.Replace("HOST", $"{Host}:{Port}", StringComparison.Ordinal)) });

        var exception = await FailsAsync(() => IssueAsync(source, "orders"), CredentialFailure.Refused);

        Assert.Contains(says, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_does_not_exist_is_named()
    {
        var source = Source(Options with { ConnectionString = new SensitiveString($"{Superuser.Reveal()[..^"postgres".Length]}missing") });

        Assert.Contains("database 'missing': the database does not exist", (await FailsAsync(() => IssueAsync(source, "orders"), CredentialFailure.Refused)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_who_may_not_create_roles_gets_a_clear_error_and_nothing_remains()
    {
        var (role, user) = (await CreateRoleAsync(), await CreateRoleAsync(options: "LOGIN PASSWORD 'user-password'"));
        var source = Source(Options with { ConnectionString = new SensitiveString($"Host={Host};Port={Port};Username={user};Password=user-password;Database=postgres") });

        var message = (await FailsAsync(() => IssueAsync(source, role), CredentialFailure.Refused)).Message;

        Assert.Contains($"creating the login role 'kubeinject-{role}-", message, StringComparison.Ordinal);
        Assert.Contains($" failed because the user '{user}' does not have the privilege: ", message, StringComparison.Ordinal);
        Assert.Empty(Leases.Records);
    }

    [Theory]
    [InlineData("CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}' NONSENSE", "syntax error at character")]
    [InlineData("CREATE ROLE \"{{name}}\" LOGIN; SELECT '{{password}}'::int", "\"********\"")]
    [InlineData("CREATE ROLE \"{{name}}\" PASSWORD '{{password}}'", "can log in")]
    [InlineData("SELECT '{{name}}', '{{password}}'", "can log in")]
    public async Task Statements_that_fail_leave_nothing_and_their_errors_contain_no_password(string statement, string says)
    {
        foreach (var form in Enum.GetValues<PostgreSqlPasswordAuthentication>())
        {
            var request = Request("orders");

            var exception = await FailsAsync(() => Source(Options with { CreationStatements = [statement], PasswordAuthentication = form }).IssueAsync(request, CancellationToken.None), CredentialFailure.UnexpectedAnswer);

            Assert.Contains(says, exception.Message, StringComparison.Ordinal);
            Assert.Null(await ScalarAsync("SELECT 1 FROM pg_roles WHERE rolname LIKE '%' || $1", request.Uuid.ToString("n")));
            Assert.Empty(Leases.Records);
        }
    }

    [Fact]
    public async Task Cancelling_while_a_role_is_created_leaves_nothing()
    {
        await using var locked = await LockTableAsync("cancel");
        using var stop = new CancellationTokenSource();
        var issuing = Source(Options with { CreationStatements = [PostgreSqlOptions.DefaultCreationStatement, $"LOCK TABLE public.{locked.Name}"] }).IssueAsync(Request(locked.Role), stop.Token);
        await locked.UntilWaitedForAsync(issuing);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => issuing);
        Assert.Equal(0L, await ScalarAsync("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'kubeinject-' || $1 || '-%'", locked.Role));
        Assert.Empty(Leases.Records);
    }

    [Fact]
    public async Task An_operation_that_exceeds_its_time_limit_leaves_nothing()
    {
        await using var locked = await LockTableAsync("late");
        var options = Options with { CreationStatements = [PostgreSqlOptions.DefaultCreationStatement, $"LOCK TABLE public.{locked.Name}"], Timeout = TimeSpan.FromSeconds(1) };

        var message = (await FailsAsync(() => IssueAsync(Source(options), locked.Role), CredentialFailure.Unavailable)).Message;

        Assert.Contains("took longer than 1 s", message, StringComparison.Ordinal);
        Assert.Equal(0L, await ScalarAsync("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'kubeinject-' || $1 || '-%'", locked.Role));
        Assert.Empty(Leases.Records);
    }

    private static async Task<LockedTable> LockTableAsync(string suffix)
    {
        var role = await CreateRoleAsync();
        var locked = new LockedTable(role, $"{role}_{suffix}", await OpenAsync());
        await locked.Holder.ExecuteAsync($"CREATE TABLE {locked.Name} ()");
        await locked.Holder.ExecuteAsync($"BEGIN; LOCK TABLE {locked.Name}");
        return locked;
    }

    /// <summary>A table that is locked until this object is disposed.</summary>
    private sealed record LockedTable(string Role, string Name, NpgsqlConnection Holder) : IAsyncDisposable
    {
        public Task UntilWaitedForAsync(Task waiting) => UntilAsync(waiting, "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%' || $1", Name);

        public ValueTask DisposeAsync() => Holder.DisposeAsync();
    }
}
