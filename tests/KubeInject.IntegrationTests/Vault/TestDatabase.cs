using Npgsql;

namespace KubeInject.IntegrationTests.Vault;

/// <summary>The PostgreSQL that the tests run beside.</summary>
internal static class TestDatabase
{
    // Roles are the cluster's: two that drop one at a time disturb each other's catalog.
    private static readonly SemaphoreSlim OneAtATime = new(1, 1);

    private static readonly Lazy<NpgsqlDataSource> Superuser = new(() => NpgsqlDataSource.Create(Connection(User, Password)));

    public static Uri Address { get; } = new(Environment.GetEnvironmentVariable("KUBEINJECT_TEST_POSTGRES") ?? throw new InvalidOperationException("KUBEINJECT_TEST_POSTGRES is not set: run ./test.sh."));

    public static string User => Address.UserInfo.Split(':')[0];

    public static string Password => Address.UserInfo.Split(':')[1];

    public static async Task RunAsync(string statement)
    {
        await OneAtATime.WaitAsync();
        try
        {
            await using var command = Superuser.Value.CreateCommand(statement);
            await command.ExecuteNonQueryAsync();
        }
        finally
        {
            OneAtATime.Release();
        }
    }

    /// <summary>Whether a username and password are let in.</summary>
    public static async Task<bool> LetsInAsync(string username, string password)
    {
        await using var connection = new NpgsqlConnection(Connection(username, password) + ";Pooling=false");
        try
        {
            await connection.OpenAsync();
            return true;
        }
        catch (PostgresException refusal) when (refusal.SqlState is PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification)
        {
            return false;
        }
    }

    /// <summary>The login roles whose names begin so.</summary>
    public static async Task<IReadOnlyList<string>> RolesAsync(string prefix)
    {
        await using var command = Superuser.Value.CreateCommand("SELECT rolname FROM pg_roles WHERE starts_with(rolname, $1) ORDER BY 1");
        command.Parameters.AddWithValue(prefix);
        var names = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            names.Add(reader.GetString(0));
        return names;
    }

    /// <summary>Until when a role may log in.</summary>
    public static async Task<DateTimeOffset> ValidUntilAsync(string username)
    {
        await using var command = Superuser.Value.CreateCommand("SELECT rolvaliduntil FROM pg_roles WHERE rolname = $1");
        command.Parameters.AddWithValue(username);
        return new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync())!);
    }

    private static string Connection(string username, string password) => new NpgsqlConnectionStringBuilder
    {
        Host = Address.Host,
        Port = Address.Port,
        Database = Address.AbsolutePath.Trim('/'),
        Username = username,
        Password = password,
    }.ConnectionString;
}
