using KubeInject.Kubernetes;

namespace KubeInject.Tests.Kubernetes;

public class KubeconfigTests
{
    private const string Complete = """
        apiVersion: v1
        kind: Config
        current-context: one
        preferences: {}
        clusters:
        - name: c
          cluster:
            server: https://example.test:6443
            certificate-authority: ca.crt
            certificate-authority-data: Q0E=
            insecure-skip-tls-verify: false
            tls-server-name: kubernetes
        users:
        - name: u
          user:
            token: secret-token
            tokenFile: token
            client-certificate: me.crt
            client-certificate-data: Q1JU
            client-key: me.key
            client-key-data: S0VZ
            username: me
            password: secret-password
        contexts:
        - name: one
          context: {cluster: c, user: u, namespace: shop}
        """;

    [Fact]
    public void All_fields_are_read()
    {
        var config = Kubeconfig.Parse(Complete, "/k/config");
        Assert.Equal("one", config.CurrentContext);
        Assert.Equal(["/k/config"], config.Files);
        Assert.Equal(
            new KubeconfigCluster
            {
                Name = "c",
                File = "/k/config",
                Server = "https://example.test:6443",
                CertificateAuthority = "ca.crt",
                CertificateAuthorityData = "Q0E=",
                TlsServerName = "kubernetes",
                Unsupported = config.Clusters[0].Unsupported,
            },
            Assert.Single(config.Clusters));
        Assert.Equal(
            new KubeconfigContext { Name = "one", File = "/k/config", Cluster = "c", User = "u", Namespace = "shop" },
            Assert.Single(config.Contexts));
        var user = Assert.Single(config.Users);
        Assert.Equal("secret-token", user.Token!.Reveal());
        Assert.Equal("secret-password", user.Password!.Reveal());
        Assert.Equal("S0VZ", user.ClientKeyData!.Reveal());
        Assert.Equal(("token", "me.crt", "Q1JU", "me.key", "me"), (user.TokenFile, user.ClientCertificate, user.ClientCertificateData, user.ClientKey, user.Username));
    }

    [Fact]
    public void A_user_prints_no_secret()
    {
        var text = Kubeconfig.Parse(Complete, "/k/config").Users[0].ToString();
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        Assert.DoesNotContain("S0VZ", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing but a comment\n")]
    [InlineData("---\n")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("clusters:\nusers: ~\ncontexts: []\ncurrent-context: ''\n")]
    public void An_empty_file_is_an_empty_kubeconfig(string text) => Assert.True(Kubeconfig.Parse(text, "/k/config").IsEmpty);

    [Fact]
    public void Json_is_read_as_well() =>
        Assert.Equal("https://x", Kubeconfig.Parse("""{"clusters":[{"name":"a","cluster":{"server":"https://x"}}]}""", "f").Clusters[0].Server);

    [Fact]
    public void Anchors_and_aliases_are_resolved() =>
        Assert.Equal(
            ["https://x", "https://x"],
            Kubeconfig.Parse("clusters:\n- {name: a, cluster: &c {server: 'https://x'}}\n- {name: b, cluster: *c}\n", "f").Clusters.Select(cluster => cluster.Server));

    [Theory]
    [InlineData("{<<: *c, tls-server-name: own}")]
    [InlineData("{tls-server-name: own, <<: [*c, {server: 'https://y'}]}")]
    public void A_merge_key_adds_what_the_entry_does_not_say(string merging)
    {
        var cluster = Kubeconfig.Parse($"clusters:\n- {{name: a, cluster: &c {{server: 'https://x', tls-server-name: shared}}}}\n- {{name: b, cluster: {merging}}}\n", "f").Clusters[1];
        Assert.Equal(("https://x", "own"), (cluster.Server, cluster.TlsServerName));
    }

    [Fact]
    public void Unknown_keys_are_left_alone() =>
        Assert.Equal("a", Kubeconfig.Parse("extensions: [{name: x}]\nnew: {a: [1]}\ncurrent-context: a\n", "f").CurrentContext);

    [Theory]
    [InlineData("true", true)]
    [InlineData("True", true)]
    [InlineData("false", false)]
    [InlineData("~", false)]
    public void A_flag_is_true_or_false(string written, bool value) =>
        Assert.Equal(value, Kubeconfig.Parse($"clusters: [{{name: a, cluster: {{insecure-skip-tls-verify: {written}}}}}]", "f").Clusters[0].InsecureSkipTlsVerify);

    [Theory]
    [InlineData("current-context: a\nclusters: [b, }\n", 2, 15, "not valid YAML")]
    [InlineData("clusters:\n- name: a\n  cluster: text\n", 3, 12, "has to be a mapping")]
    [InlineData("clusters: text\n", 1, 11, "has to be a list")]
    [InlineData("users:\n- name: a\n- name: a\n", 3, 3, "taken by an earlier one")]
    [InlineData("current-context: a\ncurrent-context: b\n", 2, 1, "twice")]
    [InlineData("current-context: [a]\n", 1, 18, "has to be a text")]
    [InlineData("clusters:\n- cluster:\n    insecure-skip-tls-verify: perhaps\n", 3, 31, "true or false")]
    [InlineData("just text\n", 1, 1, "not a kubeconfig")]
    [InlineData("kind: Deployment\n", 1, 1, "not a kubeconfig")]
    [InlineData("? [a]\n: b\n", 1, 3, "plain text")]
    [InlineData("a: *b\n", 1, 4, "alias")]
    [InlineData("a:\n  <<: text\n", 2, 7, "merged")]
    [InlineData("a: &b [*b]\n", 1, 8, "alias")]
    public void A_malformed_file_is_an_error_with_its_place(string text, int line, int column, string message)
    {
        var error = Assert.Throws<KubeConfigurationException>(() => Kubeconfig.Parse(text, "/k/config"));
        Assert.Equal(("/k/config", line, column), (error.File, error.Line, error.Column));
        Assert.StartsWith($"/k/config:{line}:{column}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{a: ", "}")]
    public void Nesting_without_end_is_an_error_and_not_the_end_of_the_process(string open, string close)
    {
        var text = $"a: {string.Concat(Enumerable.Repeat(open, 100_000))}{string.Concat(Enumerable.Repeat(close, 100_000))}";
        Assert.Contains("deeper", Assert.Throws<KubeConfigurationException>(() => Kubeconfig.Parse(text, "f")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_an_error_that_names_it()
    {
        var error = Assert.Throws<KubeConfigurationException>(() => Kubeconfig.Load("/no/such/file"));
        Assert.Equal("The kubeconfig file /no/such/file does not exist.", error.Message);
    }

    [Fact]
    public void A_folder_is_no_kubeconfig()
    {
        using var folder = new TestFolder();
        Assert.Contains(folder.Path, Assert.Throws<KubeConfigurationException>(() => Kubeconfig.Load(folder.Path)).Message, StringComparison.Ordinal);
    }
}
