using KubeInject.Http;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Transport;

namespace KubeInject.Tests.Kubernetes;

public class SecretMaskTests
{
    private static readonly SecretMask Mask = new(new ConnectionSettings
    {
        Server = new Uri("https://x"),
        Token = new SensitiveString("token-of-settings"),
        Proxy = ProxyAddress.FromUri(new Uri("http://me:password-of-proxy@x")),
        Exec = new ExecPlugin
        {
            Command = "login",
            Arguments = [new SensitiveString("get-credentials"), new SensitiveString("--client-secret"), new SensitiveString("secret-behind"), new SensitiveString("--token=secret-within"), new SensitiveString("--profile"), new SensitiveString("production")],
            Variables = [new ExecVariable("REGION", new SensitiveString("value-of-variable"))],
        },
    });

    [Theory]
    [InlineData("a token-of-settings b", "a ******** b")]
    [InlineData("a password-of-proxy b", "a ******** b")]
    [InlineData("a token-of-plugin b", "a ******** b")]
    [InlineData("production and value-of-variable", "production and value-of-variable")]
    public void Credentials_that_were_sent_to_the_server_are_masked_in_its_responses(string text, string masked) => Assert.Equal(masked, Mask.Apply(text, [null, new SensitiveString("token-of-plugin\n")]));

    [Theory]
    [InlineData("token-of-settings", "********")]
    [InlineData("value-of-variable", "********")]
    [InlineData("secret-behind secret-within", "******** ********")]
    [InlineData("get-credentials --profile production", "get-credentials --profile production")]
    [InlineData("Authorization: Bearer abc", "Authorization: Bearer ********")]
    [InlineData("eyJhbGciOiJub25l.eyJhIjoxfQ.c2ln end", "******** end")]
    [InlineData("password=abc, user=me", "password=********, user=me")]
    [InlineData("{\"clientSecret\": \"abc\"}", "{\"clientSecret\": \"********\"}")]
    [InlineData("-----BEGIN EC PRIVATE KEY-----MHcCAQEE-----END EC PRIVATE KEY----- end", "******** end")]
    [InlineData("cannot find the key ring", "cannot find the key ring")]
    public void Secrets_of_a_plugin_are_masked_in_its_output(string text, string masked) => Assert.Equal(masked, Mask.ApplyToPlugin(text, []));
}
