using KubeInject.Http;

namespace KubeInject.Tests.Kubernetes;

public class EnvironmentProxyTests
{
    private readonly Dictionary<string, string> variables = new() { ["HTTPS_PROXY"] = "http://proxy.test:3128" };

    [Theory]
    [InlineData("HTTPS_PROXY", "https://api.test")]
    [InlineData("https_proxy", "https://api.test")]
    [InlineData("HTTP_PROXY", "http://api.test")]
    [InlineData("http_proxy", "http://api.test")]
    public void The_scheme_of_the_server_selects_the_variable(string variable, string server)
    {
        variables.Clear();
        variables[variable] = "http://other.test:8080";
        Assert.Equal("http://other.test:8080", Find(server));
        Assert.Null(Find(server.StartsWith("https", StringComparison.Ordinal) ? "http://api.test" : "https://api.test"));
    }

    [Theory]
    [InlineData("proxy.test:3128", "http://proxy.test:3128")]
    [InlineData("proxy.test", "http://proxy.test")]
    [InlineData("https://proxy.test", "https://proxy.test")]
    [InlineData("socks5://proxy.test", "socks5://proxy.test:1080")]
    [InlineData("http://me:canary@proxy.test:3128", "http://proxy.test:3128")]
    public void An_address_without_a_scheme_is_HTTP(string value, string proxy)
    {
        variables["HTTPS_PROXY"] = value;
        Assert.Equal(proxy, Find("https://api.test"));
    }

    [Theory]
    [InlineData("ftp://me:canary@proxy.test")]
    [InlineData("socks4://me:canary@proxy.test")]
    [InlineData("http://me:canary@:x")]
    public void An_invalid_address_is_an_error_that_names_only_the_variable(string value)
    {
        variables["HTTPS_PROXY"] = value;
        var error = Assert.Throws<ConfigurationException>(() => Find("https://api.test"));
        Assert.Contains("HTTPS_PROXY", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://localhost:6443")]
    [InlineData("https://127.0.0.1:6443")]
    [InlineData("https://127.1.2.3")]
    [InlineData("https://[::1]:6443")]
    public void A_loopback_address_needs_no_proxy(string server) => Assert.Null(Find(server));

    [Theory]
    [InlineData("*", "https://api.test")]
    [InlineData("api.test", "https://api.test")]
    [InlineData("API.test", "https://Api.Test")]
    [InlineData("test", "https://api.test")]
    [InlineData(".test", "https://api.test")]
    [InlineData("*.test", "https://api.test")]
    [InlineData("other, api.test:443", "https://api.test")]
    [InlineData("10.1.2.3", "https://10.1.2.3")]
    [InlineData("10.0.0.0/8", "https://10.1.2.3")]
    [InlineData("10.9.9.9/8", "https://10.1.2.3")]
    [InlineData("10.1.2.0/30", "https://10.1.2.3")]
    [InlineData("10.1.2.3:443", "https://10.1.2.3")]
    [InlineData("fd00::/8", "https://[fd12::1]")]
    [InlineData("[fd12::1]:443", "https://[fd12::1]")]
    [InlineData("fd12::1", "https://[fd12::1]")]
    public void NO_PROXY_excludes_matching_hosts(string list, string server)
    {
        variables["NO_PROXY"] = list;
        Assert.Null(Find(server));
        variables["no_proxy"] = variables["NO_PROXY"];
        variables.Remove("NO_PROXY");
        Assert.Null(Find(server));
    }

    [Theory]
    [InlineData("", "https://api.test")]
    [InlineData("pi.test", "https://api.test")]
    [InlineData("api", "https://api.test")]
    [InlineData(".api.test", "https://api.test")]
    [InlineData("api.test:6443", "https://api.test")]
    [InlineData("10.1.2.0/31", "https://10.1.2.3")]
    [InlineData("10.0.0.0/8", "https://api.test")]
    [InlineData("10.0.0.0/8", "https://[fd12::1]")]
    [InlineData("10.1.2.3:6443", "https://10.1.2.3")]
    [InlineData(",,", "https://api.test")]
    public void NO_PROXY_does_not_exclude_other_hosts(string list, string server)
    {
        variables["NO_PROXY"] = list;
        Assert.NotNull(Find(server));
    }

    private string? Find(string server) => EnvironmentProxy.For(new Uri(server), variables.GetValueOrDefault)?.ToString();
}
