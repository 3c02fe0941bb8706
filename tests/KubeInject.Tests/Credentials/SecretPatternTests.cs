using FsCheck.Fluent;
using KubeInject.Credentials;
using KubeInject.Credentials.KubeSecret;
using KubeInject.Kubernetes.Objects;
using KubeInject.Testing;

namespace KubeInject.Tests.Credentials;

/// <summary>A pod can only use the Secrets that the pattern allows, whatever its annotations are.</summary>
public sealed class SecretPatternTests
{
    [Theory]
    [InlineData("{role}", "shop/secret/orders-rw")]
    [InlineData("{role}-db", "shop/secret/orders-rw-db")]
    [InlineData("{namespace}/{role}-db", "shop/secret/orders-rw-db")]
    [InlineData("{database}.{role}", "shop/secret/orders.orders-rw")]
    [InlineData("{namespace}{role}", "shop/secret/shoporders-rw")]
    [InlineData("credentials/{role}", "credentials/secret/orders-rw")]
    [InlineData("credentials/{namespace}.{role}", "credentials/secret/shop.orders-rw")]
    [InlineData("credentials/db.{namespace}.{role}", "credentials/secret/db.shop.orders-rw")]
    [InlineData("credentials/{role}.{namespace}", "credentials/secret/orders-rw.shop")]
    [InlineData("shared", "shop/secret/shared")]
    public void Placeholders_are_replaced(string pattern, string secret) =>
        Assert.Equal(secret, Resolve(pattern, Request()).ToString());

    [Fact]
    public void A_manifest_without_a_namespace_uses_the_namespace_of_the_connection() =>
        Assert.Equal("team/secret/team.orders-rw", Resolve("{namespace}.{role}", Request(@namespace: null), "team").ToString());

    [Theory]
    [InlineData("", "an invalid Secret name")]
    [InlineData("a/b/c", "more than one slash")]
    [InlineData("/{role}", "an invalid namespace")]
    [InlineData("{role}/x", "an invalid namespace")]
    [InlineData("team-{namespace}/x", "an invalid namespace")]
    [InlineData("../{role}", "an invalid namespace")]
    [InlineData("{rolle}", "the unknown placeholder {rolle}")]
    [InlineData("{role", "the unknown placeholder {role")]
    [InlineData("{Role}", "the unknown placeholder {Role}")]
    [InlineData("Upper-{role}", "an invalid Secret name")]
    [InlineData("{role}-", "an invalid Secret name")]
    [InlineData("{role}..x", "an invalid Secret name")]
    [InlineData("{role}}", "an invalid Secret name")]
    [InlineData("{role}\n", "an invalid Secret name")]
    [InlineData("credentials/{namespace}-{role}", "could read Secrets that are meant for another. Write, for example, credentials/{namespace}.{role}")]
    [InlineData("credentials/x-{namespace}", "could read Secrets that are meant for another")]
    [InlineData("credentials/{role}{namespace}", "could read Secrets that are meant for another")]
    public void An_invalid_pattern_is_an_error(string pattern, string problem) =>
        Assert.Contains(problem, Assert.Throws<FormatException>(() => SecretPattern.Parse(pattern)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("../other")]
    [InlineData("other/secret")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("a.b")]
    [InlineData("")]
    [InlineData(" orders")]
    [InlineData("orders\n")]
    [InlineData("orders%2f..")]
    [InlineData("orders?x")]
    [InlineData("Orders")]
    [InlineData("orders_rw")]
    [InlineData("-orders")]
    [InlineData("orders-")]
    [InlineData("{namespace}")]
    [InlineData("\u0001\u001b[31m")]
    public void A_value_that_is_not_a_DNS_label_is_rejected(string value)
    {
        foreach (var request in new[] { Request(role: value), Request(database: value), Request(@namespace: value.Length == 0 ? " " : value) })
        {
            var exception = Assert.Throws<CredentialException>(() => Resolve("{database}.{role}", request));

            Assert.Equal(CredentialFailure.Refused, exception.Reason);
            Assert.Contains("cannot be part of a Secret name", exception.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(exception.Message, char.IsControl);
        }
    }

    [Fact]
    public void A_value_of_64_characters_is_rejected() =>
        Assert.Throws<CredentialException>(() => Resolve("{role}", Request(role: new string('a', 64))));

    [Fact]
    public void A_name_of_254_characters_is_rejected()
    {
        const string Pattern = "{role}.{role}.{role}.{database}";
        var role = new string('a', 63);

        Assert.Equal(253, Resolve(Pattern, Request(role, new string('b', 61))).Name.Length);
        Assert.Contains("254 characters", Assert.Throws<CredentialException>(() => Resolve(Pattern, Request(role, new string('b', 62)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pods_of_two_namespaces_never_share_a_Secret_with_the_namespace_in_its_name()
    {
        string[] patterns = ["{role}", "{namespace}/{role}.{database}", "c/{namespace}.{role}", "c/{role}.{namespace}", "c/x.{namespace}.{database}.{role}", "c/{database}.{role}.{namespace}", "c/{role}.{namespace}.{database}"];
        var label = Gen.Elements("a", "b", "a-b", "b-c", "a-b-c", "c", "x");
        var requests = label.Four().Select(labels => (First: Request(labels.Item1, labels.Item2, "a"), Second: Request(labels.Item3, labels.Item4, "a-b")));

        Prop.ForAll(requests.Zip(Gen.Elements(patterns)).ToArbitrary(), drawn =>
            !Resolve(drawn.Item2, drawn.Item1.First).Equals(Resolve(drawn.Item2, drawn.Item1.Second))).CheckSeeded();
    }

    private static ObjectReference Resolve(string pattern, CredentialRequest request, string defaultNamespace = "default") =>
        SecretPattern.Parse(pattern).Resolve(LeaseRecord.For(request, new LocalCredentialIssuer()), defaultNamespace);

    private static CredentialRequest Request(string role = "orders-rw", string database = "orders", string? @namespace = "shop") =>
        new(Guid.Empty, database, role, "databases", new ObjectReference("Pod", @namespace, "orders"), "default");
}
