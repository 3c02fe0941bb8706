using FsCheck.Fluent;
using KubeInject.Annotations;
using KubeInject.Testing;
using static KubeInject.Tests.Annotations.TestPods;

namespace KubeInject.Tests.Annotations;

public sealed class ConnectionUriTests
{
    private const string Canary = "c4n4ry";

    [Theory]
    [InlineData("postgres://@db:5432/orders?sslmode=require", "postgres://u:p%40@db:5432/orders?sslmode=require")]
    [InlineData("postgres://db:5432/orders", "postgres://u:p%40@db:5432/orders")]
    [InlineData("postgresql://{{user}}:{{password}}@db:5432/orders", "postgresql://u:p%40@db:5432/orders")]
    [InlineData("postgresql://{{ user }}:{{password }}@db", "postgresql://u:p%40@db")]
    [InlineData("postgres://h1:5432,h2:5433/db", "postgres://u:p%40@h1:5432,h2:5433/db")]
    [InlineData("postgres://[::1]:5432/db", "postgres://u:p%40@[::1]:5432/db")]
    [InlineData("postgres://[fe80::1%25eth0],h2/db", "postgres://u:p%40@[fe80::1%25eth0],h2/db")]
    [InlineData("postgres:///orders?host=/run/postgresql", "postgres://u:p%40@/orders?host=/run/postgresql")]
    [InlineData("postgres://db/a@b:c?x=a@b#y@z", "postgres://u:p%40@db/a@b:c?x=a@b#y@z")]
    [InlineData("postgres://db?user=a@b", "postgres://u:p%40@db?user=a@b")]
    [InlineData("postgres://$(DB_HOST):$(DB_PORT)/$(DB_NAME)", "postgres://u:p%40@$(DB_HOST):$(DB_PORT)/$(DB_NAME)")]
    [InlineData("mongodb+srv://cluster.example/db?tags[]=a", "mongodb+srv://u:p%40@cluster.example/db?tags[]=a")]
    [InlineData("mysql://tcp(db:3306)/orders", "mysql://u:p%40@tcp(db:3306)/orders")]
    [InlineData("redis://:@db", "redis://u:p%40@db")]
    [InlineData("pg://db/x?user={{user}}&password={{ password }}", "pg://u:p%40@db/x?user=u&password=p%40")]
    [InlineData("pg://db/größe/😀", "pg://u:p%40@db/größe/😀")]
    public void Credentials_become_the_userinfo_and_the_rest_is_unchanged(string template, string filled)
    {
        Assert.Equal(filled, ConnectionUri.Fill(template, "u", "p@"));
        Assert.False(ConnectionUri.HasCustomUserInfo(template));
    }

    [Theory]
    [InlineData("pg://me:mine@db/x", "pg://u:p@db/x")]
    [InlineData("pg://me:a@b@db/x", "pg://u:p@db/x")]
    [InlineData("pg://me@db", "pg://u:p@db")]
    [InlineData("pg://$(DBUSER):$(DBPASSWORD)@db", "pg://u:p@db")]
    [InlineData("pg://{{user}}-x:{{password}}@db", "pg://u:p@db")]
    [InlineData("pg://{{username}}:{{password}}@db", "pg://u:p@db")]
    public void A_userinfo_in_the_template_is_replaced_and_reported(string template, string filled)
    {
        Assert.Equal(filled, ConnectionUri.Fill(template, "u", "p"));
        Assert.Equal(FindingSeverity.Warning, Read(WithTemplate(template)).Only(FindingCode.ReplacedUserInfo).Severity);
    }

    [Theory]
    [InlineData("db:5432/orders")]
    [InlineData("postgres:orders")]
    [InlineData("postgres://")]
    [InlineData("postgres://@")]
    [InlineData("://db")]
    [InlineData("1pg://db")]
    [InlineData("me@tcp(db:3306)/orders")]
    [InlineData("jdbc:postgresql://db/orders")]
    [InlineData("host=db user=me")]
    [InlineData("$(DATABASE_URL)")]
    [InlineData("pg://db:port/orders")]
    [InlineData("pg://me:a/b@db/orders")]
    [InlineData("pg://d b/orders")]
    [InlineData("pg://db/or ders")]
    [InlineData("pg://db/orders\nx")]
    [InlineData("pg://<host>/orders")]
    [InlineData("pg://{{host}}/orders")]
    [InlineData("pg://db/100%")]
    [InlineData("pg://[::1/orders")]
    public void A_template_that_is_not_a_URI_with_a_host_is_an_error(string template)
    {
        Assert.False(ConnectionUri.IsValid(template));
        Assert.Equal(FindingSeverity.Error, Read(WithTemplate(template)).Only(FindingCode.InvalidTemplate).Severity);
        var error = Assert.Throws<ArgumentException>(() => ConnectionUri.Fill(template, "u", "p"));
        Assert.DoesNotContain(template, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Placeholders_are_reported_as_a_warning() =>
        Assert.Equal(FindingSeverity.Warning, Read(WithTemplate("pg://{{user}}:{{password}}@db")).Only(FindingCode.PlaceholderTemplate).Severity);

    [Fact]
    public void A_placeholder_in_a_credential_is_not_expanded() =>
        Assert.Equal("pg://%7B%7Bpassword%7D%7D:p@db/%7B%7Bpassword%7D%7D", ConnectionUri.Fill("pg://{{user}}:{{password}}@db/{{user}}", "{{password}}", "p"));

    [Fact]
    public void A_hostile_template_is_rejected_quickly()
    {
        var template = "pg://" + string.Concat(Enumerable.Repeat("a(b),", 20_000)) + "[";
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.False(ConnectionUri.IsValid(template));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void The_expanded_URI_parses_back_to_exactly_the_credentials()
    {
        string[] templates =
        [
            "postgres://db:5432/orders", "postgres://@db/o?x=a@b", "pg://{{user}}:{{password}}@h1,h2:1/@", "pg://me:x@[::1]", "pg://db/{{password}}?u={{user}}#@",
        ];
        var awkward = Gen.Elements("@", ":", "/", "%", "?", "#", " ", "+", "%40", "{{user}}", "$(X)", "\0", "\n", "é", "名", "😀", "a", "Z9-._~");
        var text = Gen.OneOf(
            Gen.ArrayOf(awkward).Select(string.Concat),
            ArbMap.Default.GeneratorFor<string>().Where(value => value is not null && IsWellFormed(value)));
        var cases = from template in Gen.Elements(templates)
                    from username in text
                    from password in text
                    select (template, username, password);
        Prop.ForAll(Arb.From(cases), @case =>
        {
            var filled = ConnectionUri.Fill(@case.template, @case.username, @case.password);
            var start = filled.IndexOf("://", StringComparison.Ordinal) + 3;
            var authority = filled[start..].Split('/', '?', '#')[0];
            var userInfo = authority[..authority.LastIndexOf('@')];
            var colon = userInfo.IndexOf(':', StringComparison.Ordinal);
            return Uri.UnescapeDataString(userInfo[..colon]) == @case.username
                && Uri.UnescapeDataString(userInfo[(colon + 1)..]) == @case.password;
        }).CheckSeeded(3000);
    }

    [Theory]
    [InlineData("o.template", $"pg://me:{Canary}@db/orders")]
    [InlineData("o.template", $"pg://me:{Canary}/x@db/orders")]
    [InlineData("o.template", $"pg://me:{Canary} x@d b")]
    [InlineData("o.template", $"me:{Canary}@tcp(db)/orders")]
    [InlineData("o.env-key-uri", $"pg://me:{Canary}@db/orders")]
    [InlineData("o.env-key-uri", $"pg://me:a,{Canary},b@db/orders")]
    [InlineData("o.env-key-uri", $"pg://me:a,{Canary},{Canary},b@db/orders")]
    [InlineData("o.mode", $"pg://me:{Canary}@db/orders")]
    [InlineData("o.mode", $"host=db password={Canary}")]
    [InlineData("o.uuid", $"pg://me:{Canary}@db/orders")]
    [InlineData("uuid", $"pg://me:{Canary}@db/orders")]
    [InlineData("o.uri", $"pg://me:{Canary}@db/orders")]
    [InlineData("url", $"pg://me:{Canary}@db/orders")]
    public void A_password_in_a_connection_string_is_shown_nowhere(string key, string value)
    {
        var annotations = new Dictionary<string, string> { ["o.role"] = "r", ["o.mode"] = "uri", ["o.template"] = "pg://db", ["o.env-key-uri"] = "URL", [key] = value };
        var injection = Read(With([.. annotations.Select(pair => (pair.Key, pair.Value))]));
        Assert.NotEmpty(injection.Findings);
        Assert.All(injection.Findings, finding => Assert.DoesNotContain(Canary, finding.ToString(), StringComparison.Ordinal));
        Assert.All(injection.Databases, database => Assert.DoesNotContain(Canary, database.ToString(), StringComparison.Ordinal));
        Assert.DoesNotContain(Canary, injection.ToString(), StringComparison.Ordinal);
    }

    // Half a surrogate pair has no UTF-8, and no database issues one.
    private static bool IsWellFormed(string value) => value.EnumerateRunes().All(rune => rune.Value != 0xFFFD);
}
