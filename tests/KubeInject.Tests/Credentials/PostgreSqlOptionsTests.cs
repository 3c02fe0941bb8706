using KubeInject.Credentials;
using KubeInject.Credentials.PostgreSql;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Tests.Credentials;

public sealed class PostgreSqlOptionsTests
{
    private static readonly PostgreSqlOptions Valid = new() { ConnectionString = new SensitiveString("postgresql://me:secret@db/orders") };

    public static TheoryData<object> Invalid =>
    [
        Valid with { TimeToLive = TimeSpan.Zero },
        Valid with { Timeout = TimeSpan.Zero },
        Valid with { ReassignOwnedTo = "" },
        Valid with { CreationStatements = [] },
        Valid with { CreationStatements = ["CREATE ROLE \"{{name}}\" LOGIN"] },
        Valid with { CreationStatements = ["CREATE ROLE x PASSWORD '{{password}}'"] },
        Valid with { RenewalStatements = ["ALTER ROLE \"{{name}}\" PASSWORD '{{password}}'"] },
        Valid with { RevocationStatements = ["ALTER ROLE \"{{name}}\" VALID UNTIL '{{expiration}}'"] },
    ];

    [Fact]
    public void The_defaults_are_valid()
    {
        using var issuer = new PostgreSqlIssuer(Valid);
        Assert.Equal("postgresql", issuer.Name);
    }

    [Theory]
    [MemberData(nameof(Invalid), DisableDiscoveryEnumeration = true)]
    public void An_invalid_option_is_an_error_immediately(object options) =>
        Assert.Throws<ArgumentException>(() => new PostgreSqlIssuer((PostgreSqlOptions)options));

    [Fact]
    public void Options_show_no_password() => Assert.DoesNotContain("secret", Valid.ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("postgresql://u%40x:p%3a%2f@db:6432/a%20b?sslmode=verify-full&connect_timeout=7&application_name=me", "db", 6432, "u@x", "p:/", "a b")]
    [InlineData("postgres://u:p@[::1]:6432/d", "[::1]", 6432, "u", "p", "d")]
    [InlineData("postgres://u@[::1]", "[::1]", 5432, "u", null, null)]
    [InlineData("postgresql://a:1,b:2/d?user=u&password=p", "a:1,b:2", 5432, "u", "p", "d")]
    [InlineData("postgresql:///d?host=/run/postgresql&user=u", "/run/postgresql", 5432, "u", null, "d")]
    [InlineData("Host=db;Port=6432;Username=u;Password=p;Database=d", "db", 6432, "u", "p", "d")]
    public void A_connection_is_a_URI_or_a_connection_string_of_Npgsql(string text, string host, int port, string user, string? password, string? database)
    {
        var connection = ConnectionText.Parse(new SensitiveString(text));

        Assert.Equal((host, port, user, password, database), (connection.Host, connection.Port, connection.Username, connection.Password, connection.Database));
    }

    [Theory]
    [InlineData("disable", Npgsql.SslMode.Disable)]
    [InlineData("prefer", Npgsql.SslMode.Prefer)]
    [InlineData("require", Npgsql.SslMode.Require)]
    [InlineData("verify-ca", Npgsql.SslMode.VerifyCA)]
    [InlineData("verify-full", Npgsql.SslMode.VerifyFull)]
    public void A_URI_specifies_how_the_server_is_verified(string mode, Npgsql.SslMode expected) =>
        Assert.Equal(expected, ConnectionText.Parse(new SensitiveString($"postgresql://db/d?sslmode={mode}")).SslMode);

    [Theory]
    [InlineData("")]
    [InlineData("hidden")]
    [InlineData("https://me:hidden@db")]
    [InlineData("postgresql://me:hidden@db:hidden/d")]
    [InlineData("postgresql://me:hidden@/d")]
    [InlineData("postgresql://me:hidden@db/d?hidden=1")]
    [InlineData("postgresql://me:hidden@db/d?sslmode=hidden")]
    [InlineData("Host=db;Hidden=1;Password=hidden")]
    [InlineData("Host=db;Port=hidden")]
    [InlineData("Username=hidden")]
    public void An_invalid_connection_is_an_error_that_quotes_nothing_of_it(string text)
    {
        var exception = Assert.Throws<ArgumentException>(() => ConnectionText.Parse(new SensitiveString(text)));

        Assert.DoesNotContain("hidden", exception.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task An_invalid_role_name_is_rejected_before_the_server_is_contacted()
    {
        using var issuer = new PostgreSqlIssuer(Valid);
        var request = new CredentialRequest(Guid.NewGuid(), "orders", new string('x', 64), "databases", new ObjectReference("Pod", "shop", "orders"), "default");

        Assert.Equal(CredentialFailure.Refused, (await Assert.ThrowsAsync<CredentialException>(() => issuer.PrepareAsync(LeaseRecord.For(request, issuer), CancellationToken.None))).Reason);
    }

    [Theory]
    [InlineData("orders-rw", "kubeinject-orders_rw-6f1b2c3d4e5f60718293a4b5c6d7e8f9")]
    [InlineData("a\"; DROP ROLE x; --", "kubeinject-a_DROP_ROLE_x_-6f1b2c3d4e5f60718293a4b5c6d7e8f9")]
    [InlineData("a-name-that-is-far-too-long", "kubeinject-a_name_that_is_far_-6f1b2c3d4e5f60718293a4b5c6d7e8f9")]
    [InlineData("😀", "kubeinject-_-6f1b2c3d4e5f60718293a4b5c6d7e8f9")]
    public void The_name_of_a_login_role_is_derived_from_its_lease_and_needs_no_quotes(string role, string expected)
    {
        var name = RoleName.Of(Guid.Parse("6f1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"), role);

        Assert.Equal(expected, name);
        Assert.True(RoleName.IsPlain(name) && RoleName.IsPossible(name));
    }
}
