using Npgsql;
using NpgsqlTypes;

namespace KubeInject.Credentials.PostgreSql;

/// <summary>
/// The settings of KubeInject's sessions. The owner of a database can change the defaults for all its sessions (ALTER DATABASE
/// … SET), but settings in the startup message of a client take precedence.
/// </summary>
/// <remarks>docs/security.md lists them and explains why other settings are harmless.</remarks>
internal static class SessionSettings
{
    private const string SearchPath = "pg_catalog, pg_temp";
    private const string TimeZone = "UTC";

    // Since is the first major version that supports the setting: earlier versions refuse the connection. Values have the
    // format in which the server returns them.
    private static readonly (string Name, string Value, int Since)[] Options =
    [
        ("role", "none", 0),
        ("DateStyle", "ISO, MDY", 0),
        ("IntervalStyle", "postgres", 0),
        ("standard_conforming_strings", "on", 0),
        ("default_transaction_isolation", "read committed", 0),
        ("default_transaction_read_only", "off", 0),
        ("default_transaction_deferrable", "off", 0),
        ("statement_timeout", "0", 0),
        ("lock_timeout", "0", 0),
        ("idle_in_transaction_session_timeout", "0", 0),
        ("idle_session_timeout", "0", 14),
        ("transaction_timeout", "0", 17),
        ("tcp_user_timeout", "0", 12),
        ("password_encryption", "scram-sha-256", 0),
        ("createrole_self_grant", "", 16),
        ("row_security", "on", 0),
        ("synchronous_commit", "on", 0),
        ("exit_on_error", "off", 0),
        ("local_preload_libraries", "", 0),
    ];

    /// <summary>Adds the settings to a connection string. They take precedence over its other settings.</summary>
    /// <param name="connection">The connection string.</param>
    /// <param name="version">The major version of the server; 0 for only those settings that every version supports.</param>
    public static void Apply(NpgsqlConnectionStringBuilder connection, int version)
    {
        // Npgsql sends these two separately from the options, and the server applies them after the options.
        connection.SearchPath = SearchPath;
        connection.Timezone = TimeZone;

        // The server applies options from left to right. The two spaces keep a trailing backslash of the existing options from
        // escaping the separator: it escapes only the first space.
        var settings = Options.Where(setting => setting.Since <= version).Select(setting => $"-c {setting.Name}={setting.Value.Replace(" ", "\\ ", StringComparison.Ordinal)}");
        connection.Options = $"{connection.Options ?? Environment.GetEnvironmentVariable("PGOPTIONS")}  {string.Join(' ', settings)}";

        // With a different encoding, the server might interpret text differently.
        (connection.ClientEncoding, connection.Encoding) = ("UTF8", "UTF8");
        connection.NoResetOnClose = false;
    }

    /// <summary>Finds a setting that is not in effect because a connection pooler dropped it.</summary>
    /// <returns>The name of the setting; null if all settings are in effect.</returns>
    public static async Task<string?> FindMissingAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var version = connection.PostgreSqlVersion.Major;
        var expected = Options.Where(setting => setting.Since <= version).Select(setting => (setting.Name, setting.Value)).Append(("search_path", SearchPath)).Append(("TimeZone", TimeZone)).ToArray();

        // This query must not depend on the search path or any other setting.
        var found = await connection.ListAsync(
            "SELECT pg_catalog.current_setting(name) FROM pg_catalog.unnest($1) WITH ORDINALITY AS setting (name, ordinal) ORDER BY ordinal",
            reader => reader.GetString(0),
            cancellationToken,
            new NpgsqlParameter<string[]> { TypedValue = [.. expected.Select(setting => setting.Item1)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text }).ConfigureAwait(false);
        return expected.Zip(found).Where(pair => pair.First.Item2 != pair.Second).Select(pair => pair.First.Item1).FirstOrDefault();
    }
}
