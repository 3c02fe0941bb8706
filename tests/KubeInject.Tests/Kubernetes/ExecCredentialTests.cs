using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Transport;

namespace KubeInject.Tests.Kubernetes;

public class ExecCredentialTests
{
    private static readonly ExecPlugin Plugin = new() { Command = "login" };

    [Fact]
    public void A_token_is_read()
    {
        var credential = Read("""{"token":"canary","expirationTimestamp":"2030-01-02T03:04:05Z"}""");
        Assert.Equal(("canary", new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero)), (credential.Token!.Reveal(), credential.Expires));
        Assert.Null(credential.Certificate);
    }

    [Fact]
    public void A_certificate_with_its_key_is_read()
    {
        var (certificate, key) = TestCertificates.EcClient();
        var credential = Read(System.Text.Json.JsonSerializer.Serialize(new { clientCertificateData = certificate, clientKeyData = key.ExportECPrivateKeyPem() }));
        Assert.Equal("CN=ec-user", credential.Certificate!.Certificate.Subject);
        Assert.Null(credential.Token);
        Assert.Null(credential.Expires);
    }

    [Fact]
    public void YAML_is_read() => Assert.Equal(
        "abc",
        ExecCredential.Read("apiVersion: client.authentication.k8s.io/v1\nkind: ExecCredential\nstatus:\n  token: abc\n", Plugin).Token!.Reveal());

    [Theory]
    [InlineData("", "kind is not ExecCredential")]
    [InlineData("canary", "kind is not ExecCredential")]
    [InlineData("canary: [", "neither JSON nor YAML")]
    [InlineData("{canary", "neither JSON nor YAML")]
    [InlineData("""{"kind":"ExecCredentials","apiVersion":"client.authentication.k8s.io/v1"}""", "kind is not ExecCredential")]
    [InlineData("""{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","status":{"token":"canary"}}""", "with an apiVersion other than client.authentication.k8s.io/v1,")]
    [InlineData("""{"kind":"ExecCredential","status":{"token":"canary"}}""", "with an apiVersion other than")]
    [InlineData("""{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1"}""", "without a token or a client certificate")]
    public void Invalid_plugin_output_is_an_error_that_quotes_nothing(string output, string message) => AssertFails(() => ExecCredential.Read(output, Plugin), message);

    [Theory]
    [InlineData("{}", "without a token or a client certificate")]
    [InlineData("[]", "without a token or a client certificate")]
    [InlineData("""{"token":""}""", "without a token or a client certificate")]
    [InlineData("""{"token":["canary"]}""", "whose token is not a string")]
    [InlineData("""{"clientCertificateData":"canary"}""", "a client certificate without its key")]
    [InlineData("""{"clientKeyData":"canary"}""", "a client key without its certificate")]
    [InlineData("""{"clientKeyData":"canary","clientCertificateData":"canary"}""", "an unusable certificate")]
    [InlineData("""{"token":"canary","expirationTimestamp":"canary"}""", "an expirationTimestamp that is not a valid time")]
    [InlineData("""{"token":"canary","expirationTimestamp":7}""", "an expirationTimestamp that is not a valid time")]
    public void An_invalid_status_is_an_error_that_quotes_nothing(string status, string message) => AssertFails(() => Read(status), message);

    private static ExecCredential Read(string status) =>
        ExecCredential.Read($$"""{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{{status}}}""", Plugin);

    private static void AssertFails(Action read, string message)
    {
        var error = Assert.Throws<FormatException>(read);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
    }
}
