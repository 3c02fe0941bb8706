using FsCheck;
using FsCheck.Fluent;
using KubeInject.Annotations;
using KubeInject.Testing;

namespace KubeInject.IntegrationTests.Injection;

/// <summary>A container uses an injected connection URI with the client library of PostgreSQL.</summary>
public sealed class ConnectionUriTests
{
    private static readonly string[] Pieces =
    [
        "a", "B7", "@", ":", "/", "%", "%41", "#", "?", "&", "=", " ", "+", "'", "\"", "\\", "$", "$(X)", "{{user}}", "[", "]", ";", "!", "*", "~", "é", "\U0001F600", "\t",
    ];

    private static readonly Gen<string> Wild = Gen.Elements(Pieces).NonEmptyListOf().Select(pieces => string.Concat(pieces.Take(12)));

    [Theory]
    [InlineData("postgresql://@HOST/postgres?application_name=x%40y")]
    [InlineData("postgresql://HOST/postgres")]
    [InlineData("postgresql://{{user}}:{{password}}@HOST/postgres")]
    public void A_database_accepts_the_user_in_the_URI(string template) => Prop.ForAll(Wild.ToArbitrary(), Wild.ToArbitrary(), (suffix, password) =>
    {
        var superuser = Environment.GetEnvironmentVariable("KUBEINJECT_TEST_POSTGRES")!;
        var host = new Uri(superuser).Authority.Split('@')[^1];
        var user = $"u{Guid.NewGuid():n}"[..9] + suffix;
        Psql(superuser, $"create role {Identifier(user)} login password {Literal(password)};");

        var uri = ConnectionUri.Fill(template.Replace("HOST", host, StringComparison.Ordinal), user, password);

        Assert.Equal(user, Psql(uri, "select current_user;").TrimEnd('\n'));
    }).CheckSeeded(25);

    private static string Psql(string uri, string statement)
    {
        var result = Command.RunAsync("psql", [uri, "--no-psqlrc", "--tuples-only", "--no-align", "--quiet", "--set=ON_ERROR_STOP=1"], statement).GetAwaiter().GetResult();
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Output;
    }

    private static string Identifier(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
