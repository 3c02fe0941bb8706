using FsCheck;
using FsCheck.Fluent;
using KubeInject.Credentials.PostgreSql;
using Npgsql;

namespace KubeInject.Tests.Credentials;

/// <summary>The settings that are sent to a server; the integration tests check their effect.</summary>
public sealed class SessionSettingsTests
{
    [Theory]
    [InlineData(12, false, false, false)]
    [InlineData(13, false, false, false)]
    [InlineData(14, true, false, false)]
    [InlineData(15, true, false, false)]
    [InlineData(16, true, true, false)]
    [InlineData(17, true, true, true)]
    [InlineData(18, true, true, true)]
    [InlineData(0, false, false, false)]
    public void A_server_receives_only_settings_that_its_version_supports(int version, bool idleSession, bool selfGrant, bool transaction)
    {
        var options = Apply(new NpgsqlConnectionStringBuilder(), version).Options!;

        Assert.Equal(
            (true, idleSession, selfGrant, transaction),
            (options.Contains("-c role=none ", StringComparison.Ordinal), options.Contains("-c idle_session_timeout=0", StringComparison.Ordinal), options.Contains("-c createrole_self_grant=", StringComparison.Ordinal), options.Contains("-c transaction_timeout=0", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("-c role=evil")]
    [InlineData("-c work_mem=1MB\\")]
    [InlineData("--statement_timeout=1")]
    [InlineData(" ")]
    [InlineData(null)]
    public void Options_of_the_connection_are_kept_and_come_first(string? theirs)
    {
        var alone = Apply(new NpgsqlConnectionStringBuilder(), 15).Options!;

        Assert.Equal(theirs + alone, Apply(new NpgsqlConnectionStringBuilder { Options = theirs }, 15).Options);
        Assert.StartsWith("  -c ", alone, StringComparison.Ordinal);
    }

    [Fact]
    public void Keywords_of_the_connection_for_the_same_settings_are_replaced()
    {
        var connection = Apply(new NpgsqlConnectionStringBuilder { SearchPath = "evil", Timezone = "CET", ClientEncoding = "SJIS", Encoding = "shift_jis", NoResetOnClose = true }, 15);

        Assert.Equal(
            ("pg_catalog, pg_temp", "UTC", "UTF8", "UTF8", false),
            (connection.SearchPath, connection.Timezone, connection.ClientEncoding, connection.Encoding, connection.NoResetOnClose));
    }

    [Fact]
    public void Every_login_role_name_is_recognized() => Prop.ForAll(
        ArbMap.Default.GeneratorFor<string>().Where(text => text is { Length: > 0 }).ToArbitrary(), ArbMap.Default.ArbFor<Guid>(), (role, uuid) => RoleName.IsLease(RoleName.Of(uuid, role)))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Theory]
    [InlineData("kubeinject")]
    [InlineData("kubeinject-orders-rw")]
    [InlineData("my-kubeinject-orders-6f1b2c3d4e5f60718293a4b5c6d7e8f9")]
    [InlineData("orders-6f1b2c3d4e5f60718293a4b5c6d7e8f9")]
    public void Other_names_are_not_recognized_as_login_roles(string name) => Assert.False(RoleName.IsLease(name));

    private static NpgsqlConnectionStringBuilder Apply(NpgsqlConnectionStringBuilder connection, int version)
    {
        SessionSettings.Apply(connection, version);
        return connection;
    }
}
