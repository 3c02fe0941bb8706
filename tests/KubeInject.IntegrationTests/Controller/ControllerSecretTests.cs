using System.Text;
using KubeInject.Annotations;
using KubeInject.Credentials.PostgreSql;
using KubeInject.Injection;
using KubeInject.Kubernetes.Client;
using Npgsql;

namespace KubeInject.IntegrationTests.Controller;

/// <summary>Nothing that the controller writes for people has a secret, whether or not it succeeds.</summary>
public sealed class ControllerSecretTests : ControllerTest
{
    private const string WrongPassword = "canary-of-a-wrong-password";

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public async Task No_log_Event_metric_or_object_has_a_secret(string format)
    {
        using var folder = new TemporaryFolder();
        var token = await DeployedRights.GrantAsync(Connection);
        string[] options =
        [
            "--kubeconfig", DeployedRights.WriteKubeconfig(folder, token), "--lease-namespace", Namespace, "--injector-label", Injection.LabelKey, "--skip-custom-resources",
            "--log-level", "debug", "--log-format", format,
        ];
        var superuser = ConnectionText.Parse(TestDatabase.Superuser);
        var wrong = new NpgsqlConnectionStringBuilder(superuser.ConnectionString) { Username = Role, Password = WrongPassword };
        var written = new StringBuilder();
        var pod = await CreatePodAsync("orders", null, "orders", "uri");
        var refused = Admit("refused", Namespace);
        refused["metadata"]!["annotations"]![InjectionAnnotation.ForDatabase("orders", "role")] = "missing";
        var other = await CreateAsync(refused);
        using (var failing = new ServeProcess(new SensitiveString(wrong.ConnectionString), options))
        {
            await UntilAsync(async () => (await EventsAsync(pod)).Count > 0, "there is no Event");
            await EndAsync(failing, written);
        }

        using var program = new ServeProcess(TestDatabase.Superuser, options);
        var credential = await UntilIssuedAsync(pod);
        var secret = (await ReadSecretAsync(pod))!;
        await UntilEventAsync(pod, PodEventReason.Issued);
        await UntilAsync(async () => (await EventsAsync(other)).Count > 0, "there is no Event");
        written.Append(await ReadAsync($"/api/v1/namespaces/{Namespace}/pods"));
        await DeleteAsync(pod);
        await UntilRevokedAsync(credential);
        written.Append(await ReadAsync($"/api/v1/namespaces/{Namespace}/events")).Append(await ReadAsync($"/apis/coordination.k8s.io/v1/namespaces/{Namespace}/leases"));
        await EndAsync(program, written);

        var text = written.ToString();
        Assert.Contains(credential.Username, text, StringComparison.Ordinal);
        Assert.Contains("kubeinject_revocations_total{", text, StringComparison.Ordinal);
        string[] secrets = [WrongPassword, superuser.Password!, token.Reveal(), credential.Password.Reveal(), secret["uri.uri"]];
        Assert.All(secrets, value => Assert.False(text.Contains(value, StringComparison.Ordinal), "A secret was written."));
    }

    private static async Task EndAsync(ServeProcess program, StringBuilder written)
    {
        using var client = new HttpClient();
        written.Append(await client.GetStringAsync(new Uri(program.Health, "/metrics"))).Append(await client.GetStringAsync(new Uri(program.Health, "/readyz")));
        Assert.Equal(0, await program.TerminateAsync());
        written.Append(program.Log);
    }

    private static async Task<string> ReadAsync(string path)
    {
        using var channel = new ApiChannel(TestCluster.Context("admin"));
        return Encoding.UTF8.GetString((await channel.SendAndEnsureSuccessAsync(ApiRequest.Get(path), CancellationToken.None)).Body.Span);
    }
}
