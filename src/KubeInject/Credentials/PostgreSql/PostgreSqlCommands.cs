using System.Data.Common;
using Npgsql;

namespace KubeInject.Credentials.PostgreSql;

/// <summary>Runs single statements and queries.</summary>
internal static class PostgreSqlCommands
{
    public static async Task ExecuteAsync(this NpgsqlConnection connection, string statement, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(statement, connection);
        await using (command.ConfigureAwait(false))
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    public static async Task<List<T>> ListAsync<T>(
        this NpgsqlConnection connection, string query, Func<DbDataReader, T> read, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlCommand(query, connection);
        command.Parameters.AddRange(parameters);
        await using (command.ConfigureAwait(false))
        {
            var values = new List<T>();
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    values.Add(read(reader));
            }

            return values;
        }
    }

    /// <summary>Runs a call in one transaction, and rolls it back if the call fails.</summary>
    /// <param name="connection">The session, without a transaction.</param>
    /// <param name="call">Runs the statements.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <param name="isTrial">Whether to roll back even if the call succeeds. Default: false.</param>
    public static async Task InTransactionAsync(this NpgsqlConnection connection, Func<Task> call, CancellationToken cancellationToken, bool isTrial = false)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            await call().ConfigureAwait(false);
            await (isTrial ? transaction.RollbackAsync(cancellationToken) : transaction.CommitAsync(cancellationToken)).ConfigureAwait(false);
        }
    }
}
