using Npgsql;
using NpgsqlTypes;

namespace KubeInject.Credentials.PostgreSql;

/// <summary>
/// The settings of our own sessions. The owner of a database can set others for everyone who connects to it (ALTER DATABASE
/// … SET); what a client sets as it connects comes before those.
/// </summary>
/// <remarks>docs/security.md lists them, and says why the settings that are missing here are harmless.</remarks>
internal static class SessionSettings
{
    private const string SearchPath = "pg_catalog, pg_temp";
    private const string TimeZone = "UTC";

    // The version is the first one that knows the setting: an earlier one refuses the connection. Values are as the server
    // shows them.
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

    /// <summary>Adds the settings to a connection. They come before what the connection itself says.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="version">The server's major version; 0 for the settings that every version knows.</param>
    public static void Apply(NpgsqlConnectionStringBuilder connection, int version)
    {
        // Npgsql sends these two beside the options, and the server applies them after those.
        connection.SearchPath = SearchPath;
        connection.Timezone = TimeZone;

        // The server applies options from left to right. Of two blanks a backslash before them takes one alone.
        var own = Options.Where(setting => setting.Since <= version).Select(setting => $"-c {setting.Name}={setting.Value.Replace(" ", "\\ ", StringComparison.Ordinal)}");
        connection.Options = $"{connection.Options ?? Environment.GetEnvironmentVariable("PGOPTIONS")}  {string.Join(' ', own)}";

        // Encoded as anything else, text may mean something else to the server.
        (connection.ClientEncoding, connection.Encoding) = ("UTF8", "UTF8");
        connection.NoResetOnClose = false;
    }

    /// <summary>Finds the setting that is not in force, because a connection pooler has dropped it.</summary>
    /// <returns>The name of the setting; null if all are in force.</returns>
    public static async Task<string?> FindMissingAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var version = connection.PostgreSqlVersion.Major;
        var expected = Options.Where(setting => setting.Since <= version).Select(setting => (setting.Name, setting.Value)).Append(("search_path", SearchPath)).Append(("TimeZone", TimeZone)).ToArray();

        // Nothing here is looked up in the search path, or depends on any other setting.
        var found = await connection.ListAsync(
            "SELECT pg_catalog.current_setting(name) FROM pg_catalog.unnest($1) WITH ORDINALITY AS setting (name, place) ORDER BY place",
            reader => reader.GetString(0),
            cancellationToken,
            new NpgsqlParameter<string[]> { TypedValue = [.. expected.Select(setting => setting.Item1)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text }).ConfigureAwait(false);
        return expected.Zip(found).Where(pair => pair.First.Item2 != pair.Second).Select(pair => pair.First.Item1).FirstOrDefault();
    }
}
