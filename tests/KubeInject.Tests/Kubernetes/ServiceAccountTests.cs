using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;

namespace KubeInject.Tests.Kubernetes;

public sealed class ServiceAccountTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly Dictionary<string, string> variables = new()
    {
        ["KUBERNETES_SERVICE_HOST"] = "10.0.0.1",
        ["KUBERNETES_SERVICE_PORT"] = "443",
    };

    public ServiceAccountTests()
    {
        using var authority = TestCertificates.Authority();
        folder.Write("token", "token-of-the-pod\n");
        folder.Write("ca.crt", authority.ExportCertificatePem());
        folder.Write("namespace", "shop\n");
    }

    private KubeEnvironment Environment => new() { Variable = variables.GetValueOrDefault, ServiceAccountFolder = folder.Path };

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_folder_provides_the_token_file_the_CA_and_the_namespace()
    {
        var settings = ConnectionSettings.FromServiceAccount(Environment);
        Assert.Equal(new Uri("https://10.0.0.1:443"), settings.Server);
        Assert.Equal(Path.Combine(folder.Path, "token"), settings.TokenFile);
        Assert.Equal("CN=test-ca", settings.CertificateAuthority!.Certificates[0].Subject);
        Assert.Equal("shop", settings.Namespace);
    }

    [Theory]
    [InlineData("fd00::1", "https://[fd00::1]:6443/")]
    [InlineData("[fd00::1]", "https://[fd00::1]:6443/")]
    [InlineData("kubernetes.default.svc", "https://kubernetes.default.svc:6443/")]
    public void An_IPv6_host_is_bracketed(string host, string address)
    {
        variables["KUBERNETES_SERVICE_HOST"] = host;
        variables["KUBERNETES_SERVICE_PORT"] = "6443";
        Assert.Equal(address, ConnectionSettings.FromServiceAccount(Environment).Server.AbsoluteUri);
    }

    [Fact]
    public void The_namespace_is_default_if_the_folder_has_none()
    {
        File.Delete(Path.Combine(folder.Path, "namespace"));
        Assert.Equal("default", ConnectionSettings.FromServiceAccount(Environment).Namespace);
    }

    [Theory]
    [InlineData("KUBERNETES_SERVICE_HOST")]
    [InlineData("KUBERNETES_SERVICE_PORT")]
    public void Without_its_variables_there_is_no_pod(string variable)
    {
        variables.Remove(variable);
        Assert.Contains($"{variable} is not set", Failure(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("token")]
    [InlineData("ca.crt")]
    public void A_missing_file_is_an_error_that_names_it(string file)
    {
        File.Delete(Path.Combine(folder.Path, file));
        Assert.Contains($"{Path.Combine(folder.Path, file)} does not exist", Failure(), StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_that_are_not_a_valid_address_are_an_error()
    {
        variables["KUBERNETES_SERVICE_PORT"] = "many";
        Assert.Contains("https://10.0.0.1:many", Failure(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_mounted_token_is_read_without_its_line_ending() => Assert.Equal("token-of-the-pod", ServiceAccountToken.ReadMounted(folder.Path).Reveal());

    [Fact]
    public void A_missing_or_empty_mounted_token_is_an_error_that_names_the_file()
    {
        var path = folder.Write("token", " \n");
        Assert.Contains($"{path} is empty", Assert.Throws<ConfigurationException>(() => ServiceAccountToken.ReadMounted(folder.Path)).Message, StringComparison.Ordinal);
        File.Delete(path);
        Assert.Contains($"{path} does not exist", Assert.Throws<ConfigurationException>(() => ServiceAccountToken.ReadMounted(folder.Path)).Message, StringComparison.Ordinal);
    }

    private string Failure() => Assert.Throws<ConfigurationException>(() => ConnectionSettings.FromServiceAccount(Environment)).Message;
}
