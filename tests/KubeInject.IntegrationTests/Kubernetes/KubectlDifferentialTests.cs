using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using k8s.Autorest;
using KubeInject.Http;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Transport;
using KubeInject.Testing;

namespace KubeInject.IntegrationTests.Kubernetes;

/// <summary>
/// kubectl, the engine and the official client over its connection read the same kubeconfigs, and connect to the same
/// server as the same user, or all fail.
/// </summary>
public sealed class KubectlDifferentialTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly TestProxy proxy = new();

    public static TheoryData<string> Names => [.. KubeconfigCases.All.Select(one => one.Name)];

    public void Dispose()
    {
        proxy.Dispose();
        folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_engine_reads_the_same_values_as_kubectl(string name)
    {
        var one = KubeconfigCases.All.Single(candidate => candidate.Name == name);
        Write(one);
        var kubectl = await KubectlAsync(one, "get", "--raw", Identity.Path);
        var expected = Identity.FromError(kubectl.Error);
        var (settings, actual, client) = await EngineAsync(one);
        Assert.True(actual == client || (!IsUser(actual) && !IsUser(client)), $"engine: {actual}\nclient: {client}");
        if (one.ConnectsAnyway is not null)
        {
            Assert.True(!IsUser(expected) && IsUser(actual), $"{expected}\n{actual}");
            return;
        }

        if (one.RefusesAnyway is not null)
        {
            Assert.True(IsUser(expected) && !IsUser(actual), $"{expected}\n{actual}");
            return;
        }

        Assert.True(expected == actual || (!IsUser(expected) && !IsUser(actual)), $"kubectl: {kubectl.Error}\nengine: {actual}");
        if (IsUser(expected))
            await AssertSameAsync(one, settings!);
    }

    private static bool IsUser(string outcome) => !outcome.Contains(' ', StringComparison.Ordinal);

    private async Task AssertSameAsync(KubeconfigCase one, ConnectionSettings settings)
    {
        var command = await KubectlAsync(one, "config", "view", "--minify", "--flatten", "--raw", "--output", "json");
        Assert.True(command.ExitCode == 0, command.Error);
        var view = JsonSerializer.Deserialize<JsonElement>(command.Output);
        var cluster = view.GetProperty("clusters")[0].GetProperty("cluster");
        Assert.Equal(new Uri(cluster.Text("server")!.Split('?')[0]), settings.Server);
        Assert.Equal(cluster.Text("tls-server-name"), settings.TlsServerName);
        Assert.Equal(cluster.Text("proxy-url"), settings.Proxy?.ToString());
        Assert.Equal(cluster.IsTrue("insecure-skip-tls-verify"), settings.SkipCertificateCheck);
        Assert.Equal(cluster.IsTrue("disable-compression"), settings.DisableCompression);
        Assert.Equal(Authorities(cluster.Text("certificate-authority-data")), settings.CertificateAuthority?.Certificates.Select(certificate => certificate.Thumbprint) ?? []);
        Assert.Equal(view.GetProperty("contexts")[0].GetProperty("context").Text("namespace") ?? "default", settings.Namespace);
        Assert.Equal(view.GetProperty("contexts")[0].Text("name"), settings.Context);
        Assert.Equal(Kind(view.GetProperty("users")[0].GetProperty("user")), new RequestCredential(settings).Kind);
    }

    private static string Kind(JsonElement user) =>
        user.Text("tokenFile") is not null ? "token file"
        : user.Text("token") is not null ? "token"
        : user.Text("username") is not null ? "basic"
        : user.Text("client-certificate-data") is not null ? "client certificate"
        : user.Get("exec").Exists() ? "exec plugin"
        : "none";

    private static List<string> Authorities(string? data)
    {
        var found = new List<string>();
        foreach (var block in Encoding.UTF8.GetString(Convert.FromBase64String(data ?? "")).Split("-----END CERTIFICATE-----").SkipLast(1))
        {
            try
            {
                found.Add(X509Certificate2.CreateFromPem($"{block}-----END CERTIFICATE-----").Thumbprint);
            }
            catch (System.Security.Cryptography.CryptographicException)
            {
                // kubectl also skips entries that it cannot read.
            }
        }

        return found;
    }

    private Task<Command> KubectlAsync(KubeconfigCase one, params string[] arguments) => Command.RunAsync(
        "kubectl",
        [.. arguments, .. one.Context is null ? (string[])[] : ["--context", one.Context]],
        home: folder.Path,
        environment: new Dictionary<string, string?> { ["KUBECONFIG"] = Fill(one.Variable), ["KUBECACHEDIR"] = folder.File("cache") },
        workingFolder: folder.Path);

    private async Task<(ConnectionSettings? Settings, string Outcome, string OfClient)> EngineAsync(KubeconfigCase one)
    {
        var environment = new KubeEnvironment
        {
            Variable = name => name == "KUBECONFIG" ? Fill(one.Variable) : name == "PATH" ? Environment.GetEnvironmentVariable(name) : null,
            HomeFolder = folder.Path,
            WorkingFolder = folder.Path,
            ServiceAccountFolder = folder.File("no-account"),
            HasTerminal = () => false,
        };
        ConnectionSettings settings;
        try
        {
            settings = ConnectionSettings.Find(null, one.Context, environment);
        }
        catch (ConfigurationException e)
        {
            return (null, Refusal(e), Refusal(e));
        }

        return (settings, await OutcomeAsync(() => Identity.OfAsync(settings)), await OutcomeAsync(() => Identity.OfClientAsync(settings)));
    }

    private static async Task<string> OutcomeAsync(Func<Task<string>> identify)
    {
        try
        {
            return await identify();
        }
        catch (KubeConnectionException e) when (e.InnerException is KubeApiException { StatusCode: 403 } denial)
        {
            // If the user is anonymous, the engine does not connect, and with kubectl each request fails.
            return Identity.FromError(denial.Message);
        }
        catch (Exception e) when (e is ConfigurationException or KubeConnectionException or KubeApiException or HttpOperationException)
        {
            return Refusal(e);
        }
    }

    private static string Refusal(Exception exception) => $"{exception.GetType().Name}: {exception.Message}";

    private void Write(KubeconfigCase one)
    {
        var (certificate, key) = ClientCredentials.Ec("jane");
        folder.Write("me.crt", certificate);
        folder.Write("me.key", key.ExportECPrivateKeyPem());
        folder.Write("other.key", ClientCredentials.Ec("june").Key.ExportECPrivateKeyPem());
        folder.Write("both.pem", $"{key.ExportPkcs8PrivateKeyPem()}\n{certificate}\n");
        folder.Write("token", TestCluster.ViewerToken.Reveal());
        folder.Write("token-and-line", $"\n{TestCluster.ViewerToken.Reveal()}\n\n");
        folder.Write("ca.crt", TestCluster.ReadText("ca.crt"));
        folder.Write("other-ca.crt", TestCluster.ReadText("other-ca.crt"));
        folder.Write("bundle.crt", $"{TestCluster.ReadText("other-ca.crt")}\n{TestCluster.ReadText("ca.crt")}\n");
        folder.Write("broken-bundle.crt", $"-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n{TestCluster.ReadText("ca.crt")}\n");
        folder.Write("login.sh", $$$"""echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"{{{TestCluster.ViewerToken.Reveal()}}}"}}'""");
        File.CreateSymbolicLink(folder.File("shell"), "/bin/sh");
        foreach (var (name, content) in one.Files)
            folder.Write(name, Fill(content));
    }

    private string Fill(string text)
    {
        var viewer = TestCluster.ViewerToken.Reveal();
        (string Name, string Value)[] values =
        [
            ("$context", "current-context: x\ncontexts: [{name: x, context: {cluster: c, user: u}}]"),
            ("$cluster", "clusters: [{name: c, cluster: {server: '$server', certificate-authority-data: $ca}}]"),
            ("$user", "users: [{name: u, user: {token: $viewer}}]"),
            ("$server", TestCluster.Server.OriginalString),
            ("$authority", TestCluster.Server.Authority),
            ("$port", TestCluster.Server.Port.ToString(CultureInfo.InvariantCulture)),
            ("$proxy", proxy.Port.ToString(CultureInfo.InvariantCulture)),
            ("$ca", Base64(TestCluster.ReadText("ca.crt"))),
            ("$cert", Base64(File.Exists(folder.File("me.crt")) ? File.ReadAllText(folder.File("me.crt")) : "")),
            ("$key", Base64(File.Exists(folder.File("me.key")) ? File.ReadAllText(folder.File("me.key")) : "")),
            ("$viewer", viewer),
            ("$admin", TestCluster.AdminToken.Reveal()),
            ("$base64", Base64(viewer)),
            ("$escaped", string.Concat(viewer.Select(letter => $"\\x{(int)letter:x2}"))),
            ("$folder", folder.Path),
        ];
        return values.Aggregate(text, (filled, value) => filled.Replace(value.Name, value.Value, StringComparison.Ordinal));
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
