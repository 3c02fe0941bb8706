using FsCheck;
using FsCheck.Fluent;
using KubeInject.Credentials;
using KubeInject.Credentials.PostgreSql;
using KubeInject.Testing;
using Npgsql;

namespace KubeInject.IntegrationTests.Credentials;

/// <summary>Statements that contain text of a pod, as PostgreSQL reads them.</summary>
public sealed class StatementTemplateTests
{
    private static readonly Gen<string> WildRole = Gen.Elements(
        "a", "Z", "0", "_", "-", "--", "\"", "\"\"", "'", "''", "\\", "\\'", "$", "$$", "$x$", "/*", "*/", ";", " ", "\n", "{{name}}", "}}", "é", "😀", "SUPERUSER", "\t", "E'", "u&\"", ",", "(", "|| ")
        .NonEmptyListOf().Select(pieces => string.Concat(pieces.Take(10))).Where(RoleName.IsPossible);

    private static readonly Gen<string> PlainRole = Gen.Elements("a", "Z", "0", "_", "b-c").NonEmptyListOf().Select(pieces => string.Concat(pieces.Take(10)));

    private static readonly Gen<string> Role = Gen.Frequency((3, WildRole), (1, PlainRole));

    [Theory]
    [InlineData("SELECT 1 AS \"{{role}}\"")]
    [InlineData("SELECT 1 AS {{role}}")]
    [InlineData("SELECT 1 AS{{role}} -- \"it's")]
    [InlineData("SELECT 'it''s' /* \" */ , E'\\'\"' AS x, 1 AS \"{{role}}\"")]
    [InlineData("SELECT $x$ \" $x$ AS \"a\"\"b\", 1 AS \"{{role}}\"")]
    [InlineData("SELECT /* \" /* ' */ \" */ 1 AS \"{{role}}\"")]
    [InlineData("SELECT 1 AS \"o'clock\", 1 AS \"{{role}}\"")]
    public async Task An_identifier_is_the_exact_name_of_the_role(string template)
    {
        await using var connection = await TestDatabase.OpenAsync();
        Prop.ForAll(Role.ToArbitrary(), role =>
        {
            var statement = StatementTemplate.Parse(template).Fill(new Dictionary<string, string> { ["role"] = role });
            using var command = new NpgsqlCommand(statement, connection);
            using var reader = command.ExecuteReader();
            return reader.GetName(reader.FieldCount - 1) == role && !reader.NextResult();
        }).CheckSeeded(200);
    }

    [Theory]
    [InlineData("SELECT '{{role}}'")]
    [InlineData("SELECT E'{{role}}'")]
    [InlineData("SELECT E'''\\'{{role}}'")]
    [InlineData("SELECT $${{role}}$$")]
    [InlineData("SELECT $do$ '\" {{role}}$do$")]
    [InlineData("SELECT U&'{{role}}'")]
    [InlineData("SELECT 'a\"' || '{{role}}'")]
    public async Task A_literal_contains_the_exact_text_or_the_statement_is_rejected(string template)
    {
        await using var connection = await TestDatabase.OpenAsync();
        var parsed = StatementTemplate.Parse(template);
        var cases = new CaseCounter();
        Prop.ForAll(Role.ToArbitrary(), role =>
        {
            var isPlain = RoleName.IsPlain(role);
            cases.Count(isPlain ? "plain" : "not plain");
            if (!isPlain)
            {
                Assert.Equal(CredentialFailure.Refused, Assert.Throws<CredentialException>(() => parsed.Fill(new Dictionary<string, string> { ["role"] = role })).Reason);
                return;
            }

            using var command = new NpgsqlCommand(parsed.Fill(new Dictionary<string, string> { ["role"] = role }), connection);
            Assert.EndsWith(role, (string)command.ExecuteScalar()!, StringComparison.Ordinal);
        }).CheckSeeded(200);
        cases.Require(20, "plain", "not plain");
    }
}
