using KubeInject.Http;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Transport;

namespace KubeInject.Tests.Kubernetes;

public sealed class ConnectionSettingsTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_context_has_a_cluster_a_user_and_a_namespace()
    {
        var settings = Resolve(user: "token: abc", context: "namespace: shop");
        Assert.Equal(new Uri("https://example.test:6443"), settings.Server);
        Assert.Equal("abc", settings.Token!.Reveal());
        Assert.Equal(("one", "shop"), (settings.Context, settings.Namespace));
        Assert.Equal(TimeSpan.FromSeconds(100), settings.Timeout);
    }

    [Fact]
    public void The_namespace_is_default_if_the_context_has_none() => Assert.Equal("default", Resolve().Namespace);

    [Fact]
    public void A_named_context_wins_over_the_current_one()
    {
        var config = Kubeconfig.Parse(
            """
            current-context: one
            clusters: [{name: c, cluster: {server: 'https://example.test'}}]
            contexts: [{name: one, context: {cluster: c}}, {name: two, context: {cluster: c}}]
            """,
            "f");
        Assert.Equal("two", ConnectionSettings.FromKubeconfig(config, "two").Context);
    }

    [Fact]
    public void A_token_file_wins_over_a_token_and_is_relative_to_the_kubeconfig()
    {
        var settings = Resolve(user: "token: abc\n    tokenFile: sub/token");
        Assert.Equal(Path.Combine(folder.Path, "sub", "token"), settings.TokenFile);
    }

    [Fact]
    public void Certificate_files_are_relative_to_the_kubeconfig()
    {
        using var authority = TestCertificates.Authority();
        var (certificate, key) = TestCertificates.EcClient();
        folder.Write("pki/ca.crt", authority.ExportCertificatePem());
        folder.Write("pki/me.crt", certificate);
        folder.Write("pki/me.key", key.ExportECPrivateKeyPem());
        var settings = Resolve(
            "certificate-authority: pki/ca.crt", "client-certificate: pki/me.crt\n    client-key: pki/me.key");
        Assert.Equal(authority.RawData, settings.CertificateAuthority!.Certificates[0].RawData);
        Assert.Equal(Path.Combine(folder.Path, "pki/ca.crt"), settings.CertificateAuthority.Source);
        Assert.Equal("CN=ec-user", settings.ClientCertificate!.Certificate.Subject);
    }

    [Fact]
    public void Data_wins_over_files()
    {
        using var authority = TestCertificates.Authority();
        var settings = Resolve($"certificate-authority: /no/such/file\n    certificate-authority-data: {Base64(authority.ExportCertificatePem())}");
        Assert.Equal("CN=test-ca", settings.CertificateAuthority!.Certificates[0].Subject);
    }

    [Theory]
    [InlineData("server: example.test:6443", "http://example.test:6443/")]
    [InlineData("server: example.test:6443\n    insecure-skip-tls-verify: true", "http://example.test:6443/")]
    [InlineData("server: https://example.test/a?b=c#d", "https://example.test/a")]
    public void An_address_is_read_as_in_kubectl(string cluster, string server) =>
        Assert.Equal(server, Resolve(cluster, server: null).Server.AbsoluteUri);

    [Fact]
    public void A_credential_requires_TLS() =>
        Assert.Null(Resolve("server: http://example.test", "token: abc", server: null).Token);

    [Theory]
    [InlineData("certificate-authority-data: '%'", "", "<file>:6:33: certificate-authority-data of cluster 'c' is not base64")]
    [InlineData("certificate-authority-data: QUJD", "", "certificate-authority-data of cluster 'c' in <file> contains no PEM certificate")]
    [InlineData("certificate-authority: config", "", "from <file>, the certificate-authority of cluster 'c' in <file>, contains no PEM certificate")]
    [InlineData("certificate-authority: no.crt", "", "certificate-authority of cluster 'c' in <file>: the file <folder>/no.crt does not exist")]
    [InlineData("proxy-url: ftp://me:canary@p", "", "cluster 'c' in <file> has a proxy-url that is not an http, https or socks5 address")]
    [InlineData("proxy-url: p:3128", "", "cluster 'c' in <file> has a proxy-url that is not an http, https or socks5 address")]
    [InlineData("", "exec: {apiVersion: client.authentication.k8s.io/v1}", "user 'u' in <file> has an exec plugin without a command")]
    [InlineData("", "exec: {command: x}", "user 'u' in <file> has an exec plugin without an apiVersion; use client.authentication.k8s.io/v1,")]
    [InlineData("", "exec: {command: x, apiVersion: client.authentication.k8s.io/v1alpha1}", "user 'u' in <file> has an exec plugin of apiVersion 'client.authentication.k8s.io/v1alpha1'; use")]
    [InlineData("", "exec: {command: x, apiVersion: client.authentication.k8s.io/v1}", "user 'u' in <file> has an exec plugin without an interactiveMode; it must be Never, IfAvailable or Always")]
    [InlineData("", "exec: {command: x, apiVersion: client.authentication.k8s.io/v1beta1, interactiveMode: never}", "exec plugin with the interactiveMode 'never'; it must be")]
    [InlineData("", "exec: {command: x, apiVersion: client.authentication.k8s.io/v1beta1, env: [{value: canary}]}", "an environment variable without a name")]
    [InlineData("", "auth-provider: {name: gcp}", "user 'u' in <file> has the auth-provider 'gcp', which is no longer supported; use the exec plugin gke-gcloud-auth-plugin instead")]
    [InlineData("", "auth-provider: {name: azure}", "use the exec plugin kubelogin instead")]
    [InlineData("", "auth-provider: {name: oidc}", "use the exec plugin kubectl oidc-login instead")]
    [InlineData("", "auth-provider: {name: oidc, config: {id-token: eyJhbGciOiJub25lIn0.eyJleHAiOjF9., refresh-token: canary}}", "user 'u' in <file> has the auth-provider 'oidc' with an id-token that expired at 1970-01-01 00:00:01Z; run 'kubectl --user=u get --raw /version', which renews it, or use the exec plugin")]
    [InlineData("", "auth-provider: {name: oidc, config: {id-token: canary}}", "an id-token that is not a JSON Web Token")]
    [InlineData("", "auth-provider: {name: oidc}\n    exec: {command: x, apiVersion: client.authentication.k8s.io/v1beta1}", "has both an auth-provider and an exec plugin; remove one of them")]
    [InlineData("", "auth-provider: {name: x}\n    token: canary", "has the auth-provider 'x', which is no longer supported; use an exec plugin instead")]
    [InlineData("", "as-groups: [a]", "user 'u' in <file> has as-uid, as-groups or as-user-extra without as")]
    [InlineData("", "as-uid: a", "without as")]
    [InlineData("", "as-user-extra: {a: [b]}", "without as")]
    [InlineData("", "tokenFile: none", "tokenFile of user 'u' in <file>: the file <folder>/none does not exist")]
    [InlineData("", "client-certificate-data: '%'", "client-certificate-data of user 'u' is not base64")]
    [InlineData("", "client-certificate-data: QUJD", "user 'u' in <file> has a client certificate without a client key")]
    [InlineData("", "client-key-data: QUJD", "user 'u' in <file> has a client key without a client certificate")]
    [InlineData("", "client-key-data: QUJD\n    client-certificate-data: QUJD", "client certificate from user 'u' in <file> contains no PEM certificate")]
    [InlineData("", "client-certificate: no.crt", "client-certificate of user 'u' in <file>: the file <folder>/no.crt does not exist")]
    [InlineData("", "client-certificate: a\n    client-certificate-data: QUJD", "user 'u' in <file> has a client certificate or its key both as a file and as data")]
    [InlineData("", "client-key: a\n    client-key-data: QUJD", "user 'u' in <file> has a client certificate or its key both as a file and as data")]
    [InlineData("", "token: a\n    username: b", "user 'u' in <file> has both a token and a username or password")]
    [InlineData("", "password: b", "user 'u' in <file> has a password without a username")]
    public void An_invalid_entry_is_an_error_that_names_entry_and_file(string cluster, string user, string message)
    {
        var error = Assert.Throws<ConfigurationException>(() => Resolve(cluster, user));
        Assert.Contains(
            message.Replace("<file>", FilePath, StringComparison.Ordinal).Replace("<folder>", folder.Path, StringComparison.Ordinal),
            error.Message,
            StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "eyJhbGciOiJub25lIn0.eyJleHAiOjk5OTk5OTk5OTl9.")]
    [InlineData("token: other\n    ", "other")]
    public void The_id_token_of_the_auth_provider_oidc_is_the_bearer_token_of_a_user_without_another_credential(string credential, string token) =>
        Assert.Equal(token, Resolve("", $"{credential}auth-provider: {{name: oidc, config: {{id-token: eyJhbGciOiJub25lIn0.eyJleHAiOjk5OTk5OTk5OTl9.}}}}").Token?.Reveal());

    [Fact]
    public void A_context_without_a_name_is_the_current_context_if_none_is_set()
    {
        var config = Kubeconfig.Parse("contexts: [{context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: 'https://x'}}]", "f");
        Assert.Equal("https://x/", ConnectionSettings.FromKubeconfig(config).Server.ToString());
        Assert.True(Assert.Single(config.ListContexts()).IsCurrent);
    }

    [Fact]
    public void A_certificate_authority_with_insecure_skip_tls_verify_is_an_error()
    {
        using var authority = TestCertificates.Authority();
        var error = Assert.Throws<ConfigurationException>(
            () => Resolve($"insecure-skip-tls-verify: true\n    certificate-authority-data: {Base64(authority.ExportCertificatePem())}"));
        Assert.Contains("insecure-skip-tls-verify", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "The kubeconfig f sets no current-context, and no context is specified. It has no contexts.")]
    [InlineData("contexts: [{name: a}, {name: b}]", "The kubeconfig f sets no current-context, and no context is specified. Its contexts are: a, b.")]
    [InlineData("current-context: x\ncontexts: [{name: a}]", "The kubeconfig f has no context 'x'. Its contexts are: a.")]
    [InlineData("current-context: a\ncontexts: [{name: a}]", "The context 'a' in f does not name a cluster.")]
    [InlineData("current-context: a\ncontexts: [{name: a, context: {cluster: c}}]", "The context 'a' in f names the cluster 'c', which is not defined.")]
    [InlineData(
        "current-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: 'https://x'}}]",
        "The context 'a' in f names the user 'u', which is not defined.")]
    [InlineData("current-context: a\ncontexts: [{name: a, context: {cluster: c}}]\nclusters: [{name: c}]", "The cluster 'c' in f has no server.")]
    [InlineData(
        "current-context: a\ncontexts: [{name: a, context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: 'ftp://x'}}]",
        "The cluster 'c' in f has a server that is not an http or https address.")]
    public void A_context_with_a_missing_reference_is_an_error(string text, string message)
    {
        var config = Kubeconfig.Parse(text, "f");
        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => ConnectionSettings.FromKubeconfig(config)).Message);
    }

    [Fact]
    public void A_server_with_a_password_in_its_address_is_an_error_that_does_not_show_it()
    {
        var error = Assert.Throws<ConfigurationException>(() => Resolve("server: https://me:canary@example.test", server: null));
        Assert.Contains("a server address with a username or a password", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_print_no_secret()
    {
        var (certificate, key) = TestCertificates.EcClient();
        var settings = ConnectionSettings.FromToken(new Uri("https://x"), new SensitiveString("canary")) with
        {
            Password = new SensitiveString("canary"),
            Proxy = ProxyAddress.FromUri(new Uri("http://me:canary@proxy.test")),
            Exec = new ExecPlugin { Command = "login", Arguments = [new SensitiveString("canary")], Variables = [new ExecVariable("A", new SensitiveString("canary"))] },
            ClientCertificate = ClientCertificate.FromPem(certificate, new SensitiveString(key.ExportECPrivateKeyPem())),
        };
        Assert.DoesNotContain("canary", settings.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE", settings.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_are_created_from_a_server_and_each_kind_of_credential()
    {
        using var root = TestCertificates.Authority();
        var (server, authority) = (new Uri("https://x"), CertificateAuthority.FromCertificates([root]));
        var (certificate, key) = TestCertificates.EcClient();
        var client = ClientCertificate.FromPem(certificate, new SensitiveString(key.ExportECPrivateKeyPem()));
        ConnectionSettings[] all =
        [
            ConnectionSettings.FromToken(server, new SensitiveString("abc"), authority),
            ConnectionSettings.FromTokenFile(server, "/token", authority),
            ConnectionSettings.FromClientCertificate(server, client, authority),
            ConnectionSettings.FromPassword(server, "me", new SensitiveString("abc"), authority),
        ];
        Assert.Equal(["token", "token file", "client certificate", "basic"], all.Select(settings => new RequestCredential(settings).Kind));
        Assert.All(all, settings => Assert.Equal((server, authority, "default"), (settings.Server, settings.CertificateAuthority, settings.Namespace)));
        Assert.All(all, settings => settings.Validate());
        Assert.All(all, settings => Assert.Throws<ConfigurationException>(() => (settings with { Server = new Uri("http://x") }).Validate()));
    }

    private string FilePath => Path.Combine(folder.Path, "config");

    private ConnectionSettings Resolve(
        string cluster = "", string user = "", string context = "", string? server = "server: https://example.test:6443") =>
        ConnectionSettings.Find(folder.Write("config", $"""
            current-context: one
            clusters:
            - name: c
              cluster:
                {server}
                {cluster}
            users:
            - name: u
              user:
                {(user.Length == 0 ? "{}" : user)}
            contexts:
            - name: one
              context:
                cluster: c
                user: u
                {context}
            """));

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));
}
