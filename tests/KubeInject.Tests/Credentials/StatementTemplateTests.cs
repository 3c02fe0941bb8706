using FsCheck;
using FsCheck.Fluent;
using KubeInject.Credentials.PostgreSql;
using KubeInject.Testing;

namespace KubeInject.Tests.Credentials;

/// <summary>The values of placeholders cannot change the statement; the integration tests check this with PostgreSQL.</summary>
public sealed class StatementTemplateTests
{
    private static readonly Gen<string> Text = ArbMap.Default.GeneratorFor<string>().Where(text => text is not null).Select(text => text.Replace("\0", "\"", StringComparison.Ordinal));

    [Fact]
    public void The_default_statement_has_the_role_as_one_identifier_and_is_otherwise_unchanged() => Prop.ForAll(Text.ToArbitrary(), role =>
    {
        var values = new Dictionary<string, string> { ["name"] = "N", ["password"] = "P", ["expiration"] = "E", ["role"] = role };

        var statement = StatementTemplate.Parse(PostgreSqlOptions.DefaultCreationStatement).Fill(values);

        const string Before = "CREATE ROLE \"N\" LOGIN PASSWORD 'P' VALID UNTIL 'E' IN ROLE \"";
        Assert.StartsWith(Before, statement, StringComparison.Ordinal);
        Assert.EndsWith("\";", statement, StringComparison.Ordinal);
        var inside = statement[Before.Length..^2];
        Assert.DoesNotContain('"', inside.Replace("\"\"", "", StringComparison.Ordinal));
        Assert.Equal(role, inside.Replace("\"\"", "\"", StringComparison.Ordinal));
    }).CheckSeeded(1000);

    [Fact]
    public void A_template_without_placeholders_is_the_statement() =>
        Prop.ForAll(Text.Where(text => !text.Contains("{{", StringComparison.Ordinal)).ToArbitrary(), text => StatementTemplate.Parse(text).Fill(new Dictionary<string, string>()) == text)
            .CheckSeeded(1000);

    [Theory]
    [InlineData("SELECT {{Name}}")]
    [InlineData("SELECT '{{ name }}'")]
    [InlineData("-- {{}}")]
    [InlineData("SELECT $$ {{nam}} $$")]
    public void An_unknown_placeholder_is_an_error(string template) => Assert.Throws<ArgumentException>(() => StatementTemplate.Parse(template));

    [Theory]
    [InlineData("CREATE ROLE \"{{name}}\" PASSWORD {{password}}")]
    [InlineData("CREATE ROLE \"{{name}}\" PASSWORD \"{{password}}\"")]
    [InlineData("CREATE ROLE \"{{name}}\" VALID UNTIL {{expiration}}")]
    public void A_password_or_expiration_outside_a_literal_is_an_error(string template) => Assert.Throws<ArgumentException>(() => StatementTemplate.Parse(template));
}
