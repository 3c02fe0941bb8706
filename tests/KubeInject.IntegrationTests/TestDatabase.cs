using KubeInject.Credentials;
using KubeInject.Credentials.PostgreSql;
using Npgsql;

namespace KubeInject.IntegrationTests;

/// <summary>The test PostgreSQL, as its superuser.</summary>
internal static class TestDatabase
{
    public static SensitiveString Superuser => new(Environment.GetEnvironmentVariable("KUBEINJECT_TEST_POSTGRES")
        ?? throw new InvalidOperationException("KUBEINJECT_TEST_POSTGRES is not set: run ./test.sh, or tests/rig/with-cluster.sh dotnet test."));

    public static string Host => ConnectionText.Parse(Superuser).Host!;

    public static int Port => ConnectionText.Parse(Superuser).Port;

    /// <summary>A separate connection that is closed when it is disposed.</summary>
    public static async Task<NpgsqlConnection> OpenAsync(string? user = null, string? password = null, string? database = null)
    {
        var builder = ConnectionText.Parse(Superuser);
        builder.Pooling = false;
        builder.Database = database ?? builder.Database;
        (builder.Username, builder.Password) = user is null ? (builder.Username, builder.Password) : (user, password);
        var connection = new NpgsqlConnection(builder.ConnectionString);
        try
        {
            await connection.OpenAsync();
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public static Task<NpgsqlConnection> OpenAsync(Credential credential, string? database = null) => OpenAsync(credential.Username, credential.Password.Reveal(), database);

    public static async Task<bool> CanLogInAsync(Credential credential)
    {
        try
        {
            await using var connection = await OpenAsync(credential);
            return Equals(credential.Username, await connection.ScalarAsync("SELECT current_user::text"));
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification)
        {
            return false;
        }
    }

    public static async Task ExecuteAsync(string statement, string? database = null)
    {
        await using var connection = await OpenAsync(database: database);
        await connection.ExecuteAsync(statement);
    }

    public static async Task<object?> ScalarAsync(string query, params object[] values)
    {
        await using var connection = await OpenAsync();
        return await connection.ScalarAsync(query, values);
    }

    public static async Task<bool> HasRoleAsync(string name) => await ScalarAsync("SELECT 1 FROM pg_roles WHERE rolname = $1", name) is not null;

    /// <summary>Waits until a query returns a row because of a task that is still running.</summary>
    public static async Task UntilAsync(Task task, string query, params object[] values)
    {
        await using var connection = await OpenAsync();
        while (await connection.ScalarAsync(query, values) is null)
        {
            if (!task.IsCompleted)
                continue;
            await task;
            Assert.Fail("The task has ended.");
        }
    }

    /// <summary>Creates a separate role for a test.</summary>
    public static async Task<string> CreateRoleAsync(string suffix = "", string options = "NOLOGIN")
    {
        var name = $"r{Guid.NewGuid().ToString("n")[..12]}{suffix}";
        await ExecuteAsync($"CREATE ROLE {Identifier(name)} {options}");
        return name;
    }

    /// <summary>Creates a separate database for a test.</summary>
    public static async Task<string> CreateDatabaseAsync()
    {
        var name = $"d{Guid.NewGuid():n}";
        await ExecuteAsync($"CREATE DATABASE {name}");
        return name;
    }

    public static string Identifier(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public static async Task ExecuteAsync(this NpgsqlConnection connection, string statement)
    {
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
    }

    public static async Task<object?> ScalarAsync(this NpgsqlConnection connection, string query, params object[] values)
    {
        await using var command = new NpgsqlCommand(query, connection);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return await command.ExecuteScalarAsync();
    }
}
