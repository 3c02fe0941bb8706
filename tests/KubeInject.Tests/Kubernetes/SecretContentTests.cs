using KubeInject.Kubernetes.Objects;

namespace KubeInject.Tests.Kubernetes;

public class SecretContentTests
{
    [Fact]
    public void A_Secret_is_read()
    {
        var secret = Read("""
            {"kind":"Secret","metadata":{"name":"orders","namespace":"shop","labels":{"app":"orders"},"creationTimestamp":"2026-01-01T00:00:00Z"},
             "type":"kubernetes.io/basic-auth","data":{"username":"b3JkZXJz","password":"cMOkc3M="}}
            """);

        Assert.Equal(("orders", "shop", SecretContent.BasicAuthType, "shop/secret/orders"), (secret.Name, secret.Namespace, secret.Type, $"{secret}"));
        Assert.Equal("orders", secret.Labels["app"]);
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), secret.CreationTimestamp);
        Assert.Equal(["username=orders", "password=päss"], secret.Values.Select(pair => $"{pair.Key}={pair.Value.Reveal()}"));
        Assert.Empty(secret.Base64Keys);
    }

    [Theory]
    [InlineData("/w==")]
    [InlineData("not base64")]
    public void A_value_that_is_not_text_stays_base64(string value)
    {
        var secret = Read($$"""{"metadata":{"name":"keys"},"data":{"store":"{{value}}","text":"dGV4dA=="} }""");

        Assert.Equal(["store"], secret.Base64Keys);
        Assert.Equal(value, secret.Values["store"].Reveal());
        Assert.Equal("text", secret.Values["text"].Reveal());
    }

    [Fact]
    public void Missing_fields_are_read_as_empty()
    {
        var secret = Read("""{"metadata":{"name":"empty"},"data":null}""");

        Assert.Equal(("Opaque", null, null), (secret.Type, secret.Namespace, secret.CreationTimestamp));
        Assert.Empty(secret.Values);
    }

    private static SecretContent Read(string json) => SecretContent.Read(KubeObject.Parse(json));
}
