using KubeInject.Credentials.Vault;
using KubeInject.Http;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Tests.Kubernetes;

namespace KubeInject.Tests.Credentials;

/// <summary>The variables of the Vault CLI have the same meaning as in the Vault CLI.</summary>
public sealed class VaultSettingsTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Without_variables_the_defaults_are_those_of_the_Vault_CLI()
    {
        var settings = Read();
        Assert.Equal("https://127.0.0.1:8200/", settings.Address.ToString());
        Assert.Equal((TimeSpan.FromSeconds(60), 2, null), (settings.Timeout, settings.MaxRetries, settings.RateLimit));
        Assert.Equal((null, null, null, null, false), (settings.CertificateAuthority, settings.ClientCertificate, settings.TlsServerName, settings.Namespace, settings.SkipCertificateCheck));
        Assert.Null(VaultLogin.FromEnvironment(Environment([])));
    }

    [Fact]
    public void An_empty_variable_is_treated_as_unset()
    {
        var names = new[]
        {
            "ADDR", "CACERT", "CACERT_BYTES", "CAPATH", "CLIENT_CERT", "CLIENT_KEY", "CLIENT_TIMEOUT", "MAX_RETRIES", "NAMESPACE", "RATE_LIMIT", "SKIP_VERIFY", "TLS_SERVER_NAME", "TOKEN",
        };
        var empty = names.Select(name => ($"VAULT_{name}", "")).ToArray();
        var settings = Read(empty);
        Assert.Equal(new VaultSettings { Environment = settings.Environment }, settings);
    }

    [Fact]
    public void Each_variable_is_used()
    {
        var settings = Read(
            ("VAULT_ADDR", "http://vault.example.org:8200/behind"), ("VAULT_NAMESPACE", "team/a"), ("VAULT_TLS_SERVER_NAME", "vault.internal"),
            ("VAULT_CLIENT_TIMEOUT", "90"), ("VAULT_MAX_RETRIES", "0"), ("VAULT_RATE_LIMIT", "12.5:40"));
        Assert.Equal("http://vault.example.org:8200/behind", settings.Address.ToString());
        Assert.Equal(("team/a", "vault.internal", TimeSpan.FromSeconds(90), 0), (settings.Namespace, settings.TlsServerName, settings.Timeout, settings.MaxRetries));
        Assert.Equal(new VaultRateLimit(12.5, 40), settings.RateLimit);
    }

    [Theory]
    [InlineData("60", 60)]
    [InlineData("1.5", 1.5)]
    [InlineData("60s", 60)]
    [InlineData("1m30s", 90)]
    [InlineData("1h", 3600)]
    [InlineData("250ms", 0.25)]
    public void A_timeout_is_in_seconds_or_has_units(string text, double seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), Read(("VAULT_CLIENT_TIMEOUT", text)).Timeout);

    [Theory]
    [InlineData("100", 100, 100)]
    [InlineData("0.5", 0.5, 1)]
    [InlineData("10:1", 10, 1)]
    public void A_rate_limit_without_a_burst_has_the_burst_of_one_second(string text, double rate, int burst) => Assert.Equal(new VaultRateLimit(rate, burst), Read(("VAULT_RATE_LIMIT", text)).RateLimit);

    [Theory]
    [InlineData("1", true)]
    [InlineData("t", true)]
    [InlineData("TRUE", true)]
    [InlineData("True", true)]
    [InlineData("0", false)]
    [InlineData("F", false)]
    [InlineData("false", false)]
    public void The_skip_verify_variable_accepts_the_booleans_of_Go(string text, bool skips) => Assert.Equal(skips, Read(("VAULT_SKIP_VERIFY", text)).SkipCertificateCheck);

    [Theory]
    [InlineData("VAULT_ADDR", "vault.example.org:8200")]
    [InlineData("VAULT_ADDR", "ftp://vault")]
    [InlineData("VAULT_ADDR", "https://user:canary@vault")]
    [InlineData("VAULT_CLIENT_TIMEOUT", "soon")]
    [InlineData("VAULT_CLIENT_TIMEOUT", "-1")]
    [InlineData("VAULT_CLIENT_TIMEOUT", "0")]
    [InlineData("VAULT_CLIENT_TIMEOUT", "1m30")]
    [InlineData("VAULT_MAX_RETRIES", "-1")]
    [InlineData("VAULT_MAX_RETRIES", "two")]
    [InlineData("VAULT_RATE_LIMIT", "fast")]
    [InlineData("VAULT_RATE_LIMIT", "0:1")]
    [InlineData("VAULT_RATE_LIMIT", "10:")]
    [InlineData("VAULT_RATE_LIMIT", "10:1:1")]
    [InlineData("VAULT_SKIP_VERIFY", "yes")]
    [InlineData("VAULT_CACERT", "/no/such/file")]
    [InlineData("VAULT_CACERT_BYTES", "no certificate")]
    [InlineData("VAULT_CAPATH", "/no/such/folder")]
    public void An_invalid_value_is_an_error_that_names_its_variable(string variable, string value)
    {
        var error = Assert.Throws<ConfigurationException>(() => Read((variable, value)));
        Assert.Contains(value.StartsWith('/') ? value : variable, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_CA_file_wins_over_CA_text_and_CA_text_over_a_CA_folder()
    {
        var variables = new[] { "file", "text", "folder" }.ToDictionary(name => name, name =>
        {
            using var authority = TestCertificates.Authority($"CN={name}");
            return authority.ExportCertificatePem();
        });
        var file = ("VAULT_CACERT", folder.Write("ca.crt", variables["file"]));
        var text = ("VAULT_CACERT_BYTES", variables["text"]);
        folder.Write("authorities/other.crt", variables["text"]);
        folder.Write("authorities/one.crt", variables["folder"]);
        var directory = ("VAULT_CAPATH", Path.Combine(folder.Path, "authorities"));

        Assert.Equal(["CN=file"], Subjects(Read(directory, text, file)));
        Assert.Equal(["CN=text"], Subjects(Read(directory, text)));
        Assert.Equal(["CN=folder", "CN=text"], Subjects(Read(directory)));
        Assert.Null(Read(directory, text, file, ("VAULT_SKIP_VERIFY", "true")).CertificateAuthority);
    }

    [Fact]
    public void The_token_variable_wins_over_the_token_file_of_vault_login()
    {
        folder.Write(".vault-token", " s.of-the-file\n");
        Assert.Equal("s.of-the-variable", VaultLogin.FromEnvironment(Environment([("VAULT_TOKEN", "s.of-the-variable")]))!.GivenToken()!.Reveal());
        Assert.Equal("s.of-the-file", VaultLogin.FromEnvironment(Environment([]))!.GivenToken()!.Reveal());
        folder.Write(".vault-token", " \n");
        Assert.Null(VaultLogin.FromEnvironment(Environment([])));
    }

    [Fact]
    public void Invalid_settings_are_rejected_before_anything_is_sent()
    {
        using var authority = TestCertificates.Authority();
        var bad = new VaultSettings[]
        {
            new() { Address = new Uri("https://vault/?query") },
            new() { Timeout = TimeSpan.Zero },
            new() { MaxRetries = -1 },
            new() { Concurrency = 0 },
            new() { RateLimit = new VaultRateLimit(double.NaN, 1) },
            new() { RateLimit = new VaultRateLimit(1, 0) },
            new() { Namespace = "a\r\nX-Vault-Token: b" },
            new() { SkipCertificateCheck = true, CertificateAuthority = CertificateAuthority.FromPem(authority.ExportCertificatePem()) },
        };
        Assert.All(bad, settings => Assert.Throws<ConfigurationException>(() => new VaultClient(settings, VaultLogin.Token(new SensitiveString("x")))));
    }

    [Fact]
    public void A_source_warns_if_secrets_would_be_sent_unencrypted()
    {
        Assert.Null(Notice(new VaultSettings()));
        Assert.Null(Notice(new VaultSettings { Address = new Uri("http://127.0.0.1:8200") }));
        Assert.StartsWith("The connection to http://vault:8200/ is not encrypted and exposes tokens and credentials", Notice(new VaultSettings { Address = new Uri("http://vault:8200") }), StringComparison.Ordinal);
        Assert.StartsWith("The certificate of https://127.0.0.1:8200/ is not verified", Notice(new VaultSettings { SkipCertificateCheck = true }), StringComparison.Ordinal);
    }

    [Fact]
    public void An_issuer_requires_a_period_an_audience_and_for_pod_identity_a_cluster()
    {
        using var vault = new VaultClient(new VaultSettings(), VaultLogin.Token(new SensitiveString("x")));
        var error = Assert.Throws<ArgumentException>(() => new VaultIssuer(vault, new VaultIssuerOptions { TokenPeriod = TimeSpan.FromSeconds(59) }));
        Assert.Equal("The token period must be at least one minute.", error.Message); // the whole message, because users see it
        Assert.Throws<ArgumentException>(() => new VaultIssuer(vault, new VaultIssuerOptions { UsePodIdentity = true, Audience = " " }));
        Assert.Throws<ArgumentException>(() => new VaultIssuer(vault, new VaultIssuerOptions { UsePodIdentity = true }));
    }

    private static string? Notice(VaultSettings settings)
    {
        using var vault = new VaultClient(settings, VaultLogin.Token(new SensitiveString("x")));
        return new VaultIssuer(vault).Notice;
    }

    private static IEnumerable<string> Subjects(VaultSettings settings) => settings.CertificateAuthority!.Certificates.Select(certificate => certificate.Subject);

    private VaultSettings Read(params (string Name, string Value)[] variables) => VaultSettings.FromEnvironment(Environment(variables));

    private KubeEnvironment Environment((string Name, string Value)[] variables) => new()
    {
        Variable = name => variables.FirstOrDefault(variable => variable.Name == name).Value,
        HomeFolder = folder.Path,
    };
}
