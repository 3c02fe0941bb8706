using System.Collections.Concurrent;
using Npgsql;

namespace KubeInject.Credentials.PostgreSql;

/// <summary>Opens sessions of one server, and verifies that <see cref="SessionSettings"/> are in effect in each of them.</summary>
/// <param name="settings">The connection settings.</param>
/// <param name="errors">Translates errors.</param>
internal sealed class PostgreSqlServer(NpgsqlConnectionStringBuilder settings, PostgreSqlErrors errors) : IDisposable
{
    private readonly ConcurrentDictionary<string, NpgsqlDataSource> databases = new(StringComparer.Ordinal);
    private NpgsqlDataSource? pool;

    /// <summary>Opens a pooled session in the database of the connection settings.</summary>
    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        if (pool is null)
        {
            var created = await CreatePoolAsync(cancellationToken).ConfigureAwait(false);
            if (Interlocked.CompareExchange(ref pool, created, null) is not null)
                await created.DisposeAsync().ConfigureAwait(false);
        }

        return await OpenCheckedAsync(pool, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens a session in any database. The session is not pooled, so it does not count toward the pool size.</summary>
    /// <param name="database">The database.</param>
    /// <param name="version">The server's major version.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public Task<NpgsqlConnection> OpenAsync(string database, int version, CancellationToken cancellationToken) => OpenCheckedAsync(
        databases.GetOrAdd(database, _ => Create(new NpgsqlConnectionStringBuilder(settings.ConnectionString) { Database = database, Pooling = false }, version)),
        cancellationToken);

    public void Dispose()
    {
        pool?.Dispose();
        foreach (var source in databases.Values)
            source.Dispose();
    }

    private static NpgsqlDataSource Create(NpgsqlConnectionStringBuilder connection, int version)
    {
        SessionSettings.Apply(connection, version);
        var builder = new NpgsqlDataSourceBuilder(connection.ConnectionString);

        // Npgsql would query the type catalogs when it connects, with names that are not qualified by a schema.
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        return builder.Build();
    }

    /// <summary>Queries the server version, which determines the supported settings, and creates the pool.</summary>
    private async Task<NpgsqlDataSource> CreatePoolAsync(CancellationToken cancellationToken)
    {
        var first = Create(new NpgsqlConnectionStringBuilder(settings.ConnectionString) { Pooling = false }, 0);
        await using (first.ConfigureAwait(false))
        {
            var connection = await OpenAsync(first, cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
                return Create(new NpgsqlConnectionStringBuilder(settings.ConnectionString), connection.PostgreSqlVersion.Major);
        }
    }

    private async Task<NpgsqlConnection> OpenCheckedAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(source, cancellationToken).ConfigureAwait(false);
        try
        {
            return await SessionSettings.FindMissingAsync(connection, cancellationToken).ConfigureAwait(false) is not { } missing ? connection : throw errors.Pooler($"drops the setting {missing}");
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<NpgsqlConnection> OpenAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        try
        {
            return await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.ProtocolViolation or PostgresErrorCodes.FeatureNotSupported)
        {
            throw errors.Pooler($"refuses a setting ({exception.MessageText}, {exception.SqlState})");
        }
    }
}
