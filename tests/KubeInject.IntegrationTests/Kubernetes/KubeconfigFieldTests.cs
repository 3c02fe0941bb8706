using System.Security.Cryptography.X509Certificates;
using KubeInject.Http;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using KubeInject.Testing;

namespace KubeInject.IntegrationTests.Kubernetes;

/// <summary>Each source of a configuration and each field of a kubeconfig, with the API server.</summary>
public sealed class KubeconfigFieldTests : IDisposable
{
    private const string Exec = "apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: sh";

    private readonly TemporaryFolder folder = new();
    private readonly TestProxy proxy = new();
    private readonly Dictionary<string, string> variables = [];

    public KubeconfigFieldTests()
    {
        folder.Write("ca.crt", TestCluster.ReadText("ca.crt"));
        folder.Write("token", TestCluster.ViewerToken.Reveal());
        var (certificate, key) = ClientCredentials.Ec("jane");
        folder.Write("me.crt", certificate);
        folder.Write("me.key", key.ExportECPrivateKeyPem());
        folder.Write("login.sh", $$$"""
            echo run >>'{{{folder.File("runs")}}}'
            echo "$*|$A|$KUBERNETES_EXEC_INFO" >'{{{folder.File("reported")}}}'
            echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"{{{TestCluster.ViewerToken.Reveal()}}}"}}'
            """);
    }

    private static string Server => TestCluster.Server.OriginalString;

    private static string Viewer => $"{{token: {TestCluster.ViewerToken.Reveal()}}}";

    private static string Admin => TestCluster.AdminToken.Reveal();

    private string Trusted => $"{{server: '{Server}', certificate-authority: {folder.File("ca.crt")}}}";

    private KubeEnvironment Environment => new()
    {
        Variable = name => variables.GetValueOrDefault(name) ?? (name == "PATH" ? System.Environment.GetEnvironmentVariable(name) : null),
        HomeFolder = folder.File("home"),
        WorkingFolder = folder.Path,
        ServiceAccountFolder = folder.File("account"),
        HasTerminal = () => false,
    };

    public void Dispose()
    {
        proxy.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Source_1_parameters()
    {
        variables["KUBECONFIG"] = Write("config", Trusted, $"{{token: {Admin}}}");
        var given = Write("given", Trusted, Viewer);
        Assert.Equal(Identity.Viewer, await Identity.OfAsync(ConnectionSettings.Find(given, null, Environment)));
        Assert.Equal(Identity.Viewer, await Identity.OfAsync(ConnectionSettings.FromToken(TestCluster.Server, TestCluster.ViewerToken, TestCluster.Authority)));
        var certificate = ClientCertificate.FromFiles(folder.File("me.crt"), folder.File("me.key"));
        Assert.Equal("jane", await Identity.OfAsync(ConnectionSettings.FromClientCertificate(TestCluster.Server, certificate, TestCluster.Authority)));
    }

    [Fact]
    public async Task Source_2_KUBECONFIG()
    {
        folder.Write("home/.kube/config", "current-context: other");
        folder.Write("a", "current-context: one\ncontexts: [{name: one, context: {cluster: c, user: u}}]");
        Write("b", Trusted, Viewer);
        variables["KUBECONFIG"] = string.Join(Path.PathSeparator, "a", "none", folder.File("b"));
        Assert.Equal(Identity.Viewer, await FindAsync());
        folder.Write("a", "current-context: one\nusers: text");
        var error = Assert.Throws<ConfigurationException>(() => ConnectionSettings.Find(environment: Environment));
        Assert.StartsWith($"{folder.File("a")}:2:8: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Source_3_the_home_folder()
    {
        Write("home/.kube/config", Trusted, Viewer);
        Assert.Equal(Identity.Viewer, await FindAsync());
    }

    [Fact]
    public async Task Source_4_the_pod()
    {
        variables["KUBERNETES_SERVICE_HOST"] = TestCluster.Server.Host;
        variables["KUBERNETES_SERVICE_PORT"] = $"{TestCluster.Server.Port}";
        folder.Write("account/token", TestCluster.ViewerToken.Reveal());
        folder.Write("account/ca.crt", TestCluster.ReadText("ca.crt"));
        folder.Write("account/namespace", "shop");
        using var connection = await KubeConnection.OpenAsync(ConnectionSettings.Find(environment: Environment));
        Assert.Equal((Identity.Viewer, "shop"), (await Identity.OfAsync(connection), connection.Namespace));
        folder.Write("account/token", ClientCredentials.Token("shop", "other", "uid", DateTimeOffset.UtcNow.AddMinutes(-1)));
        Assert.Equal(KubeApiReason.Unauthorized, (await Assert.ThrowsAsync<KubeApiException>(() => connection.GetAsync("/api"))).Reason);
    }

    [Fact]
    public void Source_none_found_lists_the_searched_locations()
    {
        var error = Assert.Throws<ConfigurationException>(() => ConnectionSettings.Find(environment: Environment));
        Assert.Contains(folder.File("home/.kube/config"), error.Message, StringComparison.Ordinal);
        Assert.Contains("KUBERNETES_SERVICE_HOST", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cluster_server() => Assert.Equal(Identity.Viewer, await WhoAsync(cluster: $"{{server: '{Server}/', certificate-authority: ca.crt}}"));

    [Fact]
    public async Task Cluster_certificate_authority() => Assert.Equal(Identity.Viewer, await WhoAsync(cluster: $"{{server: '{Server}', certificate-authority: ./ca.crt}}"));

    [Fact]
    public async Task Cluster_certificate_authority_data_wins() => Assert.Equal(
        Identity.Viewer,
        await WhoAsync(cluster: $"{{server: '{Server}', certificate-authority-data: {Base64("ca.crt")}, certificate-authority: none}}"));

    [Fact]
    public async Task Cluster_insecure_skip_tls_verify()
    {
        Assert.Equal(Identity.Viewer, await WhoAsync(cluster: $"{{server: '{Server}', insecure-skip-tls-verify: true}}"));
        var error = await Assert.ThrowsAsync<ConfigurationException>(() => WhoAsync(cluster: $"{{server: '{Server}', insecure-skip-tls-verify: true, certificate-authority: ca.crt}}"));
        Assert.Contains("insecure-skip-tls-verify", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cluster_tls_server_name() =>
        Assert.Equal(Identity.Viewer, await WhoAsync(cluster: $"{{server: '{Server}', certificate-authority: ca.crt, tls-server-name: kubernetes.default.svc}}"));

    [Theory]
    [InlineData("http")]
    [InlineData("socks5")]
    public async Task Cluster_proxy_url(string scheme)
    {
        Assert.Equal(Identity.Viewer, await WhoAsync(cluster: $"{{server: '{Server}', certificate-authority: ca.crt, proxy-url: '{scheme}://127.0.0.1:{proxy.Port}'}}"));
        Assert.NotEmpty(proxy.Targets);
    }

    [Fact]
    public async Task Cluster_proxy_url_https()
    {
        using var certificate = X509Certificate2.CreateFromPemFile(TestCluster.FilePath("server.crt"), TestCluster.FilePath("server.key"));
        using var tls = new TestProxy(certificate);
        Assert.Equal(Identity.Viewer, await WhoAsync(cluster: $"{{server: '{Server}', certificate-authority: ca.crt, proxy-url: 'https://127.0.0.1:{tls.Port}'}}"));
        Assert.NotEmpty(tls.Targets);
    }

    [Fact]
    public async Task Cluster_disable_compression() =>
        Assert.Equal(Identity.Viewer, await WhoAsync(cluster: $"{{server: '{Server}', certificate-authority: ca.crt, disable-compression: true}}"));

    [Fact]
    public async Task User_token() => Assert.Equal(Identity.Viewer, await WhoAsync(Viewer));

    [Fact]
    public async Task User_tokenFile_wins_and_is_read_again()
    {
        using var connection = await KubeConnection.OpenAsync(ConnectionSettings.Find(Write("config", Trusted, $"{{token: {Admin}, tokenFile: token}}")));
        Assert.Equal(Identity.Viewer, await Identity.OfAsync(connection));
        folder.Write("token", Admin);
        Assert.Equal(Identity.Admin, await Identity.OfAsync(connection));
    }

    [Fact]
    public async Task User_client_certificate_and_client_key() => Assert.Equal("jane", await WhoAsync("{client-certificate: me.crt, client-key: me.key}"));

    [Fact]
    public async Task User_client_certificate_data_and_client_key_data() =>
        Assert.Equal("jane", await WhoAsync($"{{client-certificate-data: {Base64("me.crt")}, client-key-data: {Base64("me.key")}}}"));

    [Fact]
    public async Task User_username_and_password()
    {
        var settings = ConnectionSettings.Find(Write("config", Trusted, "{username: me, password: secret}"));
        Assert.Equal(("me", "secret"), (settings.Username, settings.Password!.Reveal()));

        // No supported API server accepts basic authentication, but a gateway before it can.
        using var gateway = new FaultProxy(request => request.Headers["Authorization"] == "Basic bWU6c2VjcmV0"
            ? new FaultProxy.Fault { Authorization = $"Bearer {TestCluster.ViewerToken.Reveal()}" }
            : FaultProxy.Fault.Error(401, "Unauthorized"));
        Assert.Equal(Identity.Viewer, await Identity.OfAsync(settings with { Server = gateway.Server }));
        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => KubeConnection.OpenAsync(settings));
        Assert.Equal(KubeConnectionFailure.Unauthorized, error.Reason);
    }

    [Fact]
    public async Task User_as() => Assert.Equal("june", await WhoAsync($"{{token: {Admin}, as: june}}"));

    [Fact]
    public async Task User_as_uid() => Assert.Equal("june", await WhoAsync($"{{token: {Admin}, as: june, as-uid: a-uid}}"));

    [Fact]
    public async Task User_as_groups() => Assert.Equal(Identity.Admin, await WhoAsync($"{{token: {Admin}, as: june, as-groups: [others, 'system:masters']}}"));

    [Fact]
    public async Task User_as_user_extra()
    {
        var settings = ConnectionSettings.Find(Write("config", Trusted, $"{{token: {Admin}, as: june, as-groups: ['system:masters'], as-user-extra: {{a/b: [c, d]}}}}"));
        Assert.Equal("""{"a/b":["c","d"]}""", (await Identity.DetailsAsync(settings)).GetProperty("extra").GetRawText());
    }

    [Fact]
    public async Task User_exec()
    {
        Assert.Equal(Identity.Viewer, await WhoAsync($"{{exec: {{{Exec}, args: [{folder.File("login.sh")}]}}}}"));
        Assert.Single(File.ReadLines(folder.File("runs")));
    }

    [Fact]
    public async Task User_auth_provider()
    {
        var error = await Assert.ThrowsAsync<ConfigurationException>(() => WhoAsync("{auth-provider: {name: gcp}}"));
        Assert.Contains("gke-gcloud-auth-plugin", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v1beta1")]
    public async Task Exec_apiVersion(string version)
    {
        folder.Write("login.sh", (await File.ReadAllTextAsync(folder.File("login.sh"))).Replace("k8s.io/v1", $"k8s.io/{version}", StringComparison.Ordinal));
        Assert.Equal(Identity.Viewer, await WhoAsync($"{{exec: {{apiVersion: client.authentication.k8s.io/{version}, interactiveMode: Never, command: sh, args: [{folder.File("login.sh")}]}}}}"));
    }

    [Fact]
    public async Task Exec_command_with_a_slash_is_relative_to_the_kubeconfig()
    {
        File.CreateSymbolicLink(folder.File("shell"), "/bin/sh");
        Assert.Equal(Identity.Viewer, await WhoAsync($"{{exec: {{apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: ./shell, args: [{folder.File("login.sh")}]}}}}"));
    }

    [Fact]
    public async Task Exec_args_env_and_provideClusterInfo()
    {
        await WhoAsync($"{{exec: {{{Exec}, args: [{folder.File("login.sh")}, 'x y'], env: [{{name: A, value: b}}], provideClusterInfo: true}}}}");
        Assert.StartsWith($$"""x y|b|{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"cluster":{"server":"{{Server}}",""", File.ReadAllText(folder.File("reported")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exec_installHint()
    {
        var error = await Assert.ThrowsAsync<KubeConnectionException>(
            () => WhoAsync("{exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: no-such-plugin, installHint: Get it there.}}"));
        Assert.EndsWith("Get it there.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exec_interactiveMode()
    {
        var error = await Assert.ThrowsAsync<KubeConnectionException>(
            () => WhoAsync($"{{exec: {{apiVersion: client.authentication.k8s.io/v1, interactiveMode: Always, command: sh, args: [{folder.File("login.sh")}]}}}}"));
        Assert.Contains("interactiveMode Always", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Context_cluster_user_and_namespace()
    {
        Write("config", Trusted, Viewer, "namespace: shop, ");
        variables["KUBECONFIG"] = "config";
        using var connection = await KubeConnection.OpenAsync(ConnectionSettings.Find(environment: Environment));
        Assert.Equal((Identity.Viewer, "shop", "one"), (await Identity.OfAsync(connection), connection.Namespace, connection.Context));
    }

    [Fact]
    public async Task Relative_paths_are_relative_to_their_file()
    {
        foreach (var name in (string[])["ca.crt", "me.crt", "me.key"])
            File.Copy(folder.File(name), folder.Write($"two/pki/{name}", ""), overwrite: true);
        folder.Write("one/config", $"current-context: one\nclusters: [{{name: c, cluster: {{server: '{Server}', certificate-authority: ../ca.crt}}}}]");
        Write("two/config", "{server: 'https://elsewhere.test'}", "{client-certificate: pki/me.crt, client-key: ./pki/me.key}");
        variables["KUBECONFIG"] = string.Join(Path.PathSeparator, "one/config", "two/config");
        Assert.Equal("jane", await FindAsync());
    }

    [Theory]
    [InlineData("{server: $server, certificate-authority-data: '%'}", "{}", "one", "certificate-authority-data of cluster 'c'")]
    [InlineData("{server: $server, certificate-authority-data: QUJD}", "{}", "one", "cluster 'c'")]
    [InlineData("{server: $server, certificate-authority: token}", "{}", "one", "cluster 'c'")]
    [InlineData("{server: $server}", "{client-certificate: token, client-key: me.key}", "one", "user 'u'")]
    [InlineData("{server: $server}", "{}", "clusterless", "'clusterless'")]
    [InlineData("{server: $server}", "{}", "userless", "'userless'")]
    public void Invalid_entries_are_named_with_their_file(string cluster, string user, string context, string entry)
    {
        var file = Write("config", cluster.Replace("$server", $"'{Server}'", StringComparison.Ordinal), user);
        File.AppendAllText(file, "\n- {name: clusterless, context: {cluster: none, user: u}}\n- {name: userless, context: {cluster: c, user: none}}\n");
        var error = Assert.Throws<ConfigurationException>(() => ConnectionSettings.Find(file, context, Environment));
        Assert.Contains(entry, error.Message, StringComparison.Ordinal);
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }

    private async Task<string> FindAsync() => await Identity.OfAsync(ConnectionSettings.Find(environment: Environment));

    private Task<string> WhoAsync(string? user = null, string? cluster = null) =>
        Identity.OfAsync(ConnectionSettings.Find(Write("config", cluster ?? Trusted, user ?? Viewer), null, Environment));

    private string Write(string name, string cluster, string user, string context = "") => folder.Write(name, $$"""
        current-context: one
        clusters: [{name: c, cluster: {{cluster}} }]
        users: [{name: u, user: {{user}} }]
        contexts:
        - {name: one, context: { {{context}}cluster: c, user: u} }
        """);

    private string Base64(string name) => Convert.ToBase64String(File.ReadAllBytes(folder.File(name)));
}
