using KubeInject.Credentials;
using KubeInject.Credentials.PostgreSql;
using KubeInject.Leases;
using Npgsql;
using static KubeInject.IntegrationTests.TestDatabase;

namespace KubeInject.IntegrationTests.Credentials;

public sealed class PostgreSqlIssuerTests : PostgreSqlTest
{
    [Fact]
    public async Task An_issued_credential_logs_in_with_exactly_the_rights_of_the_role()
    {
        var (role, other) = (await CreateRoleAsync(), await CreateRoleAsync());
        await ExecuteAsync($"CREATE TABLE {role}_t (id int); CREATE TABLE {other}_t (id int); GRANT SELECT ON {role}_t TO {role}; GRANT SELECT ON {other}_t TO {other}");

        var credential = (await IssueAsync(Source(), role)).Credential;

        await using var session = await OpenAsync(credential);
        Assert.Equal(0L, await session.ScalarAsync($"SELECT count(*) FROM {role}_t"));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => session.ScalarAsync($"SELECT count(*) FROM {other}_t"))).SqlState);
    }

    [Fact]
    public async Task The_expiration_follows_the_clock_of_the_server()
    {
        var before = (DateTime)(await ScalarAsync("SELECT date_trunc('second', clock_timestamp())"))!;
        var lease = await IssueAsync(Source(Options with { TimeToLive = TimeSpan.FromMinutes(10) }), await CreateRoleAsync());
        var after = (DateTime)(await ScalarAsync("SELECT clock_timestamp()"))!;

        Assert.InRange(lease.Credential.ExpiresAt!.Value.UtcDateTime, before.AddMinutes(10), after.AddMinutes(10));
        Assert.Equal(lease.Credential.ExpiresAt.Value.UtcDateTime, await ScalarAsync("SELECT rolvaliduntil FROM pg_roles WHERE rolname = $1", lease.Credential.Username));
        Assert.True(lease.Record.IsRenewable);
    }

    [Fact]
    public async Task The_server_receives_only_the_verifier_of_the_password()
    {
        var credential = (await IssueAsync(Source(), await CreateRoleAsync())).Credential;

        Assert.StartsWith("SCRAM-SHA-256$4096:", (string)(await ScalarAsync("SELECT rolpassword FROM pg_authid WHERE rolname = $1", credential.Username))!, StringComparison.Ordinal);
        Assert.Matches("^[A-Za-z0-9]{40}$", credential.Password.Reveal());
        Assert.True(await CanLogInAsync(credential));
    }

    [Theory]
    [InlineData(PostgreSqlPasswordAuthentication.Password, false)]
    [InlineData(PostgreSqlPasswordAuthentication.ScramSha256, true)]
    public async Task Custom_statements_receive_the_password_in_the_configured_form(PostgreSqlPasswordAuthentication form, bool isVerifier)
    {
        var role = await CreateRoleAsync();
        await ExecuteAsync($"CREATE TABLE {role}_t (reported text)");
        var credential = (await IssueAsync(
            Source(Options with
            {
                PasswordAuthentication = form,
                CreationStatements = ["CREATE ROLE \"{{username}}\" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'; GRANT \"{{role}}\" TO \"{{name}}\"", $"INSERT INTO public.{role}_t VALUES ('{{{{password}}}}')"],
            }),
            role)).Credential;

        Assert.Equal(!isVerifier, Equals(credential.Password.Reveal(), await ScalarAsync($"SELECT reported FROM {role}_t")));
        Assert.True(await CanLogInAsync(credential));
    }

    [Theory]
    [InlineData("\"")]
    [InlineData("\"; DROP TABLE canary; --")]
    [InlineData("\" SUPERUSER; --")]
    [InlineData("'||'")]
    [InlineData(" née 😀 ")]
    [InlineData("\\")]
    [InlineData("{{password}}")]
    [InlineData("$$;\n/*")]
    public async Task A_role_can_have_any_name(string suffix)
    {
        var role = await CreateRoleAsync(suffix);

        var lease = await IssueAsync(Source(), role);

        Assert.True(await CanLogInAsync(lease.Credential));
        Assert.Equal(role, await ScalarAsync("SELECT r.rolname::text FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid WHERE m.member = $1::regrole", lease.Credential.Username.Insert(0, "\"") + "\""));
        Assert.Equal(false, await ScalarAsync("SELECT rolsuper FROM pg_roles WHERE rolname = $1", lease.Credential.Username));
        await Source().RevokeAsync(lease.Record, CancellationToken.None);
        Assert.False(await HasRoleAsync(lease.Credential.Username));
    }

    [Fact]
    public async Task A_record_exists_before_the_role_does()
    {
        var role = await CreateRoleAsync();
        var seen = new List<(bool InRecord, bool InDatabase, bool IsComplete)>();
        var store = new ObservedStore(Leases, async record => seen.Add((record.Username is not null, await HasRoleAsync(record.Username!), record.IsComplete)));

        var lease = await IssueAsync(new CredentialSource(Issuer(), store), role);

        Assert.Equal([(true, false, false), (true, true, true)], seen);
        Assert.EndsWith($"-{lease.Record.Uuid:n}", lease.Record.Username, StringComparison.Ordinal);
        Assert.StartsWith($"kubeinject-{role}-", lease.Record.Username, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Renewal_extends_the_expiration()
    {
        var role = await CreateRoleAsync();
        var lease = await IssueAsync(Source(Options with { TimeToLive = TimeSpan.FromMinutes(1) }), role);

        var renewed = await Source(Options with { TimeToLive = TimeSpan.FromMinutes(9) }).RenewAsync(lease.Record, CancellationToken.None);

        Assert.InRange(renewed.ExpiresAt!.Value - lease.Record.ExpiresAt!.Value, TimeSpan.FromMinutes(8), TimeSpan.FromMinutes(9));
        Assert.Equal(renewed.ExpiresAt.Value.UtcDateTime, await ScalarAsync("SELECT rolvaliduntil FROM pg_roles WHERE rolname = $1", lease.Credential.Username));
    }

    [Fact]
    public async Task An_expired_lease_can_be_renewed_while_its_role_exists()
    {
        var lease = await IssueAsync(Source(), await CreateRoleAsync());
        await ExecuteAsync($"ALTER ROLE {Identifier(lease.Credential.Username)} VALID UNTIL '2020-01-01'");
        Assert.False(await CanLogInAsync(lease.Credential));

        await Source().RenewAsync(lease.Record, CancellationToken.None);

        Assert.True(await CanLogInAsync(lease.Credential));
    }

    [Theory]
    [InlineData("DROP ROLE")]
    [InlineData("ALTER ROLE", "NOLOGIN")]
    public async Task A_lease_without_a_role_cannot_be_renewed(string verb, string how = "")
    {
        var lease = await IssueAsync(Source(), await CreateRoleAsync());
        await ExecuteAsync($"{verb} {Identifier(lease.Credential.Username)} {how}");

        await FailsAsync(() => Source().RenewAsync(lease.Record, CancellationToken.None), CredentialFailure.LeaseEnded);

        Assert.False(await CanLogInAsync(lease.Credential));
    }

    [Fact]
    public async Task Without_renewal_statements_or_an_expiration_nothing_is_renewed()
    {
        var role = await CreateRoleAsync();

        var fixedEnd = await IssueAsync(Source(Options with { RenewalStatements = [] }), role);
        var noEnd = await IssueAsync(Source(Options with { CreationStatements = ["CREATE ROLE {{name}} LOGIN PASSWORD '{{password}}'"] }), role);

        Assert.Equal((true, false), (fixedEnd.Credential.ExpiresAt is not null, fixedEnd.Credential.IsRenewable));
        Assert.Equal((false, false), (noEnd.Credential.ExpiresAt is not null, noEnd.Credential.IsRenewable));
    }

    private sealed class ObservedStore(ILeaseStore store, Func<LeaseRecord, Task> watch) : ILeaseStore
    {
        public async Task WriteAsync(LeaseRecord record, CancellationToken cancellationToken)
        {
            await store.WriteAsync(record, cancellationToken);
            await watch(record);
        }

        public Task RemoveAsync(Guid uuid, CancellationToken cancellationToken) => store.RemoveAsync(uuid, cancellationToken);

        public Task<LeaseRecord?> FindAsync(Guid uuid, CancellationToken cancellationToken) => store.FindAsync(uuid, cancellationToken);

        public Task<LeaseRecordList> ListAsync(CancellationToken cancellationToken) => store.ListAsync(cancellationToken);
    }
}
