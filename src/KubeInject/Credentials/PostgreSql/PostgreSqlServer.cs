using Npgsql;

namespace KubeInject.Credentials;

/// <summary>Opens sessions of one server in which <see cref="SessionSettings"/> are in force, and are known to be.</summary>
/// <param name="settings">The connection.</param>
/// <param name="errors">Says what is wrong with it.</param>
internal sealed class PostgreSqlServer(NpgsqlConnectionStringBuilder settings, PostgreSqlErrors errors) : IDisposable
{
    private readonly SemaphoreSlim single = new(1, 1);
    private readonly Dictionary<string, NpgsqlDataSource> others = new(StringComparer.Ordinal);
    private NpgsqlDataSource? pool;
    private int version;

    /// <summary>Opens a session.</summary>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <param name="database">The database; null for the one that the connection names.</param>
    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken, string? database = null)
    {
        var connection = await OpenAsync(await SourceAsync(database, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
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

    public void Dispose()
    {
        pool?.Dispose();
        foreach (var source in others.Values)
            source.Dispose();
        single.Dispose();
    }

    private async Task<NpgsqlDataSource> SourceAsync(string? database, CancellationToken cancellationToken)
    {
        await single.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            pool ??= await CreatePoolAsync(cancellationToken).ConfigureAwait(false);
            if (database is null)
                return pool;
            if (!others.TryGetValue(database, out var source))
                others[database] = source = Create(new NpgsqlConnectionStringBuilder(settings.ConnectionString) { Database = database, Pooling = false }, version);
            return source;
        }
        finally
        {
            single.Release();
        }
    }

    /// <summary>Asks the server which version it has, and so which settings it knows.</summary>
    private async Task<NpgsqlDataSource> CreatePoolAsync(CancellationToken cancellationToken)
    {
        var first = Create(new NpgsqlConnectionStringBuilder(settings.ConnectionString) { Pooling = false }, 0);
        await using (first.ConfigureAwait(false))
        {
            var connection = await OpenAsync(first, cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
                version = connection.PostgreSqlVersion.Major;
        }

        return Create(new NpgsqlConnectionStringBuilder(settings.ConnectionString), version);
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

    private static NpgsqlDataSource Create(NpgsqlConnectionStringBuilder connection, int version)
    {
        SessionSettings.Apply(connection, version);
        var builder = new NpgsqlDataSourceBuilder(connection.ConnectionString);

        // Npgsql would read the catalogs of types as soon as it has connected, and looks their names up without a schema.
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        return builder.Build();
    }
}
