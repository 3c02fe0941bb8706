using Npgsql;
using NpgsqlTypes;

namespace KubeInject.Credentials;

/// <summary>Removes a login role with its sessions and with what it owns.</summary>
/// <param name="server">The server.</param>
/// <param name="reassignOwnedTo">Who gets what it owns; null for the connecting user.</param>
internal sealed class RoleRevocation(NpgsqlDataSource server, string? reassignOwnedTo)
{
    // pg_terminate_backend waits since version 14.
    private const int WaitsSince = 14;
    private static readonly TimeSpan OldServersWait = TimeSpan.FromMilliseconds(20);

    /// <summary>Removes the role. Without effect where there is none.</summary>
    /// <param name="name">The login role.</param>
    /// <param name="lockKey">What whoever creates the role holds until that is done or undone.</param>
    /// <param name="statements">What removes it in the end; none for the default.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task RunAsync(string name, long lockKey, IReadOnlyList<string> statements, CancellationToken cancellationToken)
    {
        var connection = await server.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            if (await FindAsync(connection, name, lockKey, cancellationToken).ConfigureAwait(false) is not { } role)
                return;
            await ExecuteAsync(connection, $"ALTER ROLE {RoleName.Quote(name)} NOLOGIN", cancellationToken).ConfigureAwait(false);
            await EndSessionsAsync(connection, name, role, cancellationToken).ConfigureAwait(false);
            if (statements.Count > 0)
            {
                await ExecuteAsync(connection, statements, cancellationToken).ConfigureAwait(false);
                return;
            }

            foreach (var database in await DatabasesAsync(connection, role, cancellationToken).ConfigureAwait(false))
            {
                await JoinAsync(connection, name, role, cancellationToken).ConfigureAwait(false);
                await DropOwnedAsync(connection, database, name, cancellationToken).ConfigureAwait(false);
            }

            await ExecuteAsync(connection, $"DROP ROLE {RoleName.Quote(name)}", cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whether a failure is that of two who do the same at the same time: one of them has only to look again.</summary>
    public static bool IsRace(PostgresException exception) =>
        exception.IsTransient || exception.SqlState is PostgresErrorCodes.InternalError or PostgresErrorCodes.UndefinedObject;

    public static async Task ExecuteAsync(NpgsqlConnection connection, IReadOnlyList<string> statements, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            foreach (var statement in statements)
                await ExecuteAsync(connection, statement, cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string statement, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(statement, connection);
        await using (command.ConfigureAwait(false))
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Looks for the role, once whoever may be creating it at this moment has done so or not: also one whose client is
    /// gone, and whose server process still has to hear of it.
    /// </summary>
    private static async Task<uint?> FindAsync(NpgsqlConnection connection, string name, long lockKey, CancellationToken cancellationToken)
    {
        var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("SELECT pg_catalog.pg_advisory_xact_lock($1)") { Parameters = { new NpgsqlParameter<long> { TypedValue = lockKey } } },
                new NpgsqlBatchCommand("SELECT oid FROM pg_catalog.pg_roles WHERE rolname = $1") { Parameters = { new NpgsqlParameter<string> { TypedValue = name } } },
            },
        };
        await using (batch.ConfigureAwait(false))
        {
            var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                return await reader.ReadAsync(cancellationToken).ConfigureAwait(false) ? reader.GetFieldValue<uint>(0) : null;
            }
        }
    }

    /// <summary>Ends the role's sessions, until none is left; new ones there cannot be.</summary>
    private static async Task EndSessionsAsync(NpgsqlConnection connection, string name, uint role, CancellationToken cancellationToken)
    {
        var waits = connection.PostgreSqlVersion.Major >= WaitsSince;
        var terminate = $"SELECT pg_catalog.pg_terminate_backend(pid{(waits ? ", 1000" : "")}) FROM pg_catalog.unnest($1) pid";
        while (await ListAsync<int>(connection, "SELECT pid FROM pg_catalog.pg_stat_activity WHERE usesysid = $1", role, cancellationToken).ConfigureAwait(false) is { Count: > 0 } sessions)
        {
            await JoinAsync(connection, name, role, cancellationToken).ConfigureAwait(false);
            var command = new NpgsqlCommand(terminate, connection) { Parameters = { new NpgsqlParameter<int[]> { TypedValue = [.. sessions] } } };
            await using (command.ConfigureAwait(false))
                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            if (!waits)
                await Task.Delay(OldServersWait, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Where the role owns something or has privileges; what belongs to no database is dealt with in any.</summary>
    private static Task<List<string>> DatabasesAsync(NpgsqlConnection connection, uint role, CancellationToken cancellationToken) => ListAsync<string>(
        connection,
        """
        SELECT DISTINCT coalesce(d.datname, current_database())::text
        FROM pg_catalog.pg_shdepend s LEFT JOIN pg_catalog.pg_database d ON d.oid = s.dbid
        WHERE s.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND s.refobjid = $1
        ORDER BY 1
        """,
        role,
        cancellationToken);

    /// <summary>Makes who is no superuser a member of the role: only members may end its sessions and give away what it owns.</summary>
    private static async Task JoinAsync(NpgsqlConnection connection, string name, uint role, CancellationToken cancellationToken)
    {
        var isMember = await ListAsync<bool>(connection, "SELECT pg_catalog.pg_has_role($1, 'USAGE')", role, cancellationToken).ConfigureAwait(false);
        if (isMember is not [true])
            await ExecuteAsync(connection, $"GRANT {RoleName.Quote(name)} TO CURRENT_USER", cancellationToken).ConfigureAwait(false);
    }

    private static async Task<List<T>> ListAsync<T>(NpgsqlConnection connection, string query, uint role, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(query, connection) { Parameters = { new NpgsqlParameter<uint> { TypedValue = role, NpgsqlDbType = NpgsqlDbType.Oid } } };
        await using (command.ConfigureAwait(false))
        {
            var values = new List<T>();
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    values.Add(reader.GetFieldValue<T>(0));
            }

            return values;
        }
    }

    private async Task DropOwnedAsync(NpgsqlConnection connection, string database, string name, CancellationToken cancellationToken)
    {
        var target = reassignOwnedTo is null ? "CURRENT_USER" : RoleName.Quote(reassignOwnedTo);
        string[] statements = [$"REASSIGN OWNED BY {RoleName.Quote(name)} TO {target}", $"DROP OWNED BY {RoleName.Quote(name)}"];
        if (database == connection.Database)
        {
            await ExecuteAsync(connection, statements, cancellationToken).ConfigureAwait(false);
            return;
        }

        var other = await connection.CloneWithAsync(new NpgsqlConnectionStringBuilder(connection.ConnectionString) { Database = database, Pooling = false }.ConnectionString, cancellationToken).ConfigureAwait(false);
        await using (other.ConfigureAwait(false))
        {
            await other.OpenAsync(cancellationToken).ConfigureAwait(false);
            await ExecuteAsync(other, statements, cancellationToken).ConfigureAwait(false);
        }
    }
}
