using KubeInject.Kubernetes.Configuration;

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
            proxy-url: http://me:secret-password@proxy.test
            disable-compression: true
            extensions:
            - {name: other, extension: {x: y}}
            - {name: client.authentication.k8s.io/exec, extension: {audience: api, tries: 0x10, deep: [yes, 1.50, ~, 'yes']}}
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
            as: jane
            as-uid: '42'
            as-groups: [a, 'b,c']
            as-user-extra: {scopes: [read, write]}
            auth-provider: {name: gcp}
            exec:
              apiVersion: client.authentication.k8s.io/v1
              command: login
              args: [get, secret-argument]
              env:
              - {name: REGION, value: secret-value}
              installHint: install it
              interactiveMode: Never
              provideClusterInfo: true
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
                ProxyUrl = config.Clusters[0].ProxyUrl,
                DisableCompression = true,
                ExecConfig = """{"audience":"api","tries":16,"deep":[true,1.5,null,"yes"]}""",
            },
            Assert.Single(config.Clusters));
        Assert.Equal("http://me:secret-password@proxy.test", config.Clusters[0].ProxyUrl!.Reveal());
        Assert.Equal(
            new KubeconfigContext { Name = "one", File = "/k/config", Cluster = "c", User = "u", Namespace = "shop" },
            Assert.Single(config.Contexts));
        var user = Assert.Single(config.Users);
        Assert.Equal("secret-token", user.Token!.Reveal());
        Assert.Equal("secret-password", user.Password!.Reveal());
        Assert.Equal("S0VZ", user.ClientKeyData!.Reveal());
        Assert.Equal(("token", "me.crt", "Q1JU", "me.key", "me"), (user.TokenFile, user.ClientCertificate, user.ClientCertificateData!.Reveal(), user.ClientKey, user.Username));
        Assert.Equal(("jane", "42", "a|b,c", "gcp"), (user.ImpersonateUser, user.ImpersonateUid, string.Join('|', user.ImpersonateGroups), user.AuthProvider?.Name));
        Assert.Equal(["read", "write"], user.ImpersonateExtra["scopes"]);
        var exec = user.Exec!;
        Assert.Equal(
            ("client.authentication.k8s.io/v1", "login", "install it", "Never", true),
            (exec.ApiVersion, exec.Command, exec.InstallHint, exec.InteractiveMode, exec.ProvideClusterInfo));
        Assert.Equal(["get", "secret-argument"], exec.Arguments.Select(argument => argument.Reveal()));
        Assert.Equal(("REGION", "secret-value"), (exec.Variables[0].Name, exec.Variables[0].Value.Reveal()));
    }

    [Fact]
    public void A_kubeconfig_prints_no_secret()
    {
        var config = Kubeconfig.Parse(Complete, "/k/config");
        var text = $"{config} {config.Users[0]} {config.Clusters[0]} {string.Join(' ', config.Users[0].Exec!.Variables)}";
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
    public void JSON_is_read() =>
        Assert.Equal("https://x", Kubeconfig.Parse("""{"clusters":[{"name":"a","cluster":{"server":"https://x"}}]}""", "f").Clusters[0].Server);

    [Fact]
    public void Anchors_and_aliases_are_resolved() =>
        Assert.Equal(
            ["https://x", "https://x"],
            Kubeconfig.Parse("clusters:\n- {name: a, cluster: &c {server: 'https://x'}}\n- {name: b, cluster: *c}\n", "f").Clusters.Select(cluster => cluster.Server));

    [Theory]
    [InlineData("{<<: *c, tls-server-name: own}", "own")]
    [InlineData("{tls-server-name: own, <<: [*c, {server: 'https://y'}]}", "shared")]
    public void The_later_of_a_key_and_a_merged_key_wins(string merging, string name)
    {
        var cluster = Kubeconfig.Parse($"clusters:\n- {{name: a, cluster: &c {{server: 'https://x', tls-server-name: shared}}}}\n- {{name: b, cluster: {merging}}}\n", "f").Clusters[1];
        Assert.Equal(("https://x", name), (cluster.Server, cluster.TlsServerName));
    }

    [Fact]
    public void Unknown_keys_are_ignored() =>
        Assert.Equal("a", Kubeconfig.Parse("extensions: [{name: x}]\nnew: {a: [1]}\ncurrent-context: a\n", "f").CurrentContext);

    [Theory]
    [InlineData("true", true)]
    [InlineData("True", true)]
    [InlineData("yes", true)]
    [InlineData("ON", true)]
    [InlineData("y", true)]
    [InlineData("Off", false)]
    [InlineData("false", false)]
    [InlineData("~", false)]
    public void A_flag_is_true_or_false(string written, bool value) =>
        Assert.Equal(value, Kubeconfig.Parse($"clusters: [{{name: a, cluster: {{insecure-skip-tls-verify: {written}}}}}]", "f").Clusters[0].InsecureSkipTlsVerify);

    [Theory]
    [InlineData("current-context: a\nclusters: [b, }\n", 2, 15, "not valid YAML")]
    [InlineData("clusters:\n- name: a\n  cluster: text\n", 3, 12, "must be a mapping")]
    [InlineData("clusters: text\n", 1, 11, "must be a list")]
    [InlineData("users:\n- name: a\n- name: a\n", 3, 3, "has the same name")]
    [InlineData("current-context: 12\n", 1, 18, "put it in quotes")]
    [InlineData("current-context: on\n", 1, 18, "put it in quotes")]
    [InlineData("clusters:\n- cluster:\n    insecure-skip-tls-verify: 'true'\n", 3, 31, "without quotes")]
    [InlineData("users:\n- name: a\n  user: {client-key-data: '%'}\n", 3, 27, "client-key-data of user 'a' is not base64")]
    [InlineData("users:\n- name: a\n  user: {client-key-data: 'QUJD REVG'}\n", 3, 27, "not base64")]
    [InlineData("users:\n- name: a\n  user: {as-groups: {a: b}}\n", 3, 21, "must be a list")]
    [InlineData("users:\n- name: a\n  user: {as-user-extra: {a: b}}\n", 3, 29, "must be a list")]
    [InlineData("users:\n- name: a\n  user: {exec: {args: [1]}}\n", 3, 24, "put it in quotes")]
    [InlineData("users:\n- name: a\n  user: {client-key: LS0tcanary}\n", 3, 22, "client-key of user 'a' must be the path of a file")]
    [InlineData("users:\n- name: a\n  user: {tokenFile: eyJcanary}\n", 3, 21, "tokenFile of user 'a' must be the path of a file")]
    [InlineData("users:\n- name: a\n  user: {client-certificate: '-----BEGIN canary'}\n", 3, 30, "client-certificate of user 'a' must be the path of a file")]
    [InlineData("users:\n- name: |\n    a\n    canary\n", 2, 9, "name must be a single-line string")]
    [InlineData("preferences: []\n", 1, 14, "must be a mapping")]
    [InlineData("extensions: [{name: a}, {name: a}]\n", 1, 25, "has the same name")]
    [InlineData("a: !!binary '%'\n", 1, 4, "not base64")]
    [InlineData("apiVersion: v2\n", 1, 1, "not a kubeconfig")]
    [InlineData("current-context: [a]\n", 1, 18, "must be a string")]
    [InlineData("clusters:\n- cluster:\n    insecure-skip-tls-verify: perhaps\n", 3, 31, "true or false")]
    [InlineData("just text\n", 1, 1, "not a kubeconfig")]
    [InlineData("kind: Deployment\n", 1, 1, "not a kubeconfig")]
    [InlineData("? [a]\n: b\n", 1, 3, "plain text")]
    [InlineData("a: *b\n", 1, 4, "alias")]
    [InlineData("a:\n  <<: text\n", 2, 7, "merged")]
    [InlineData("a: &b [*b]\n", 1, 8, "alias")]
    public void A_malformed_file_is_an_error_with_its_location(string text, int line, int column, string message)
    {
        var error = Assert.Throws<ConfigurationException>(() => Kubeconfig.Parse(text, "/k/config"));
        Assert.Equal(("/k/config", line, column), (error.File, error.Line, error.Column));
        Assert.StartsWith($"/k/config:{line}:{column}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_of_duplicate_keys_wins() =>
        Assert.Equal("b", Kubeconfig.Parse("current-context: a\ncurrent-context: b\n", "f").CurrentContext);

    [Fact]
    public void An_entry_without_content_has_no_name() =>
        Assert.Equal(["", "a"], Kubeconfig.Parse("users: [~, {name: a}]", "f").Users.Select(user => user.Name));

    [Theory]
    [InlineData("2020-01-01", "2020-01-01")]
    [InlineData("'12'", "12")]
    [InlineData("!!str 12", "12")]
    [InlineData("! 12", "12")]
    [InlineData("!!binary YWJj", "abc")]
    [InlineData("0xdeadbeefdeadbeefdead", "0xdeadbeefdeadbeefdead")]
    [InlineData("1.2.3", "1.2.3")]
    [InlineData("--1", "--1")]
    public void A_YAML_string_is_a_string(string written, string value) => Assert.Equal(value, Kubeconfig.Parse($"current-context: {written}", "f").CurrentContext);

    [Theory]
    [InlineData("12")]
    [InlineData("-1_000")]
    [InlineData("0x1F")]
    [InlineData("0b11")]
    [InlineData("0o17")]
    [InlineData("1.5")]
    [InlineData(".5")]
    [InlineData("1e5")]
    [InlineData("08")]
    [InlineData("-.inf")]
    [InlineData("yes")]
    [InlineData("!!int '12'")]
    public void A_YAML_value_of_another_type_is_not_a_string(string written) =>
        Assert.Throws<ConfigurationException>(() => Kubeconfig.Parse($"current-context: {written}", "f"));

    [Fact]
    public void Nested_aliases_are_an_error_before_they_exhaust_the_memory()
    {
        var levels = string.Join('\n', Enumerable.Range(1, 40).Select(i => $"x{i}: &x{i} [*x{i - 1}, *x{i - 1}]"));
        var text = $"x0: &x0 [text]\n{levels}\nclusters: [{{name: c, cluster: {{extensions: [{{name: client.authentication.k8s.io/exec, extension: *x40}}]}}}}]";
        Assert.Contains("too many", Assert.Throws<ConfigurationException>(() => Kubeconfig.Parse(text, "f")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nested_aliases_are_an_error_before_they_exhaust_the_stack()
    {
        var levels = string.Join('\n', Enumerable.Range(1, 5000).Select(i => $"x{i}: &x{i} [*x{i - 1}]"));
        var text = $"x0: &x0 [text]\n{levels}\nclusters: [{{name: c, cluster: {{extensions: [{{name: client.authentication.k8s.io/exec, extension: *x5000}}]}}}}]";
        Assert.Contains("the nesting is deeper", Assert.Throws<ConfigurationException>(() => Kubeconfig.Parse(text, "f")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{a: ", "}")]
    public void Endless_nesting_is_an_error_and_does_not_crash_the_process(string open, string close)
    {
        var text = $"a: {string.Concat(Enumerable.Repeat(open, 100_000))}{string.Concat(Enumerable.Repeat(close, 100_000))}";
        Assert.Contains("deeper", Assert.Throws<ConfigurationException>(() => Kubeconfig.Parse(text, "f")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_an_error_that_names_it()
    {
        var error = Assert.Throws<ConfigurationException>(() => Kubeconfig.Load("/no/such/file"));
        Assert.Equal("The kubeconfig file /no/such/file does not exist.", error.Message);
    }

    [Fact]
    public void A_folder_is_not_a_kubeconfig()
    {
        using var folder = new TestFolder();
        Assert.Contains(folder.Path, Assert.Throws<ConfigurationException>(() => Kubeconfig.Load(folder.Path)).Message, StringComparison.Ordinal);
    }
}
