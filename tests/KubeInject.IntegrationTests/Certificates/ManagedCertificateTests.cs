using System.Text.Json.Nodes;
using KubeInject.IntegrationTests.Admission;

namespace KubeInject.IntegrationTests.Certificates;

/// <summary>Replicas of the webhook create and replace their certificate in a real cluster.</summary>
public sealed class ManagedCertificateTests : ManagedCertificateTest
{
    [Fact]
    public async Task Two_replicas_that_start_at_once_serve_one_certificate_that_the_API_server_trusts()
    {
        await StartAsync(2);
        await UntilAsync(async () => (await Replicas[0].GetReadyAsync()).Contains("MutatingWebhookConfiguration does not exist", StringComparison.Ordinal));
        await CreateConfigurationAsync();

        await UntilAdmittedAsync();

        var secret = await ReadSecretAsync();
        Assert.Equal(("kubeinject.io/tls", "kubeinject"), (secret["type"]!.GetValue<string>(), secret["metadata"]!["labels"]!["app.kubernetes.io/managed-by"]!.GetValue<string>()));
        Assert.Equal(["ca.crt", "ca.key", "tls.crt", "tls.key"], secret["data"]!.AsObject().Select(pair => pair.Key).Order());
        Assert.Single(Replicas.Select(replica => replica.Manager.Current!.TargetCertificate.Thumbprint).Distinct());
        Assert.All(Replicas.SelectMany(replica => replica.Messages), message => Assert.DoesNotContain("BEGIN", message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_the_caBundle_of_our_webhooks_is_changed()
    {
        await StartAsync(1);
        var foreign = RegisteredWebhook.Webhook("other.example.com", "none", new Uri("https://other.example.com/mutate"), TestCluster.ReadText("ca.crt"));
        await CreateConfigurationAsync($"{foreign},");
        var before = await ReadConfigurationAsync();
        await UntilReadyAsync();

        var after = await ReadConfigurationAsync();

        Assert.Equal((await ReadSecretAsync())["data"]!["ca.crt"]!.GetValue<string>(), Remove(after["webhooks"]![1]!));
        Remove(before["webhooks"]![1]!);
        Assert.Equal(before["webhooks"]!.ToJsonString(), after["webhooks"]!.ToJsonString());

        static string? Remove(JsonNode webhook)
        {
            var bundle = webhook["clientConfig"]!["caBundle"]?.GetValue<string>();
            webhook["clientConfig"]!.AsObject().Remove("caBundle");
            return bundle is null ? null : Convert.ToBase64String([.. Convert.FromBase64String(bundle)[..^1]]);
        }
    }

    [Theory]
    [InlineData("""{"data":{"ca.key":"aHVudGVyMg=="}}""", "ca.crt and ca.key are not a certificate and its key.")]
    [InlineData("""{"data":null}""", "ca.crt is missing.")]
    public async Task A_damaged_Secret_is_replaced_and_the_API_server_trusts_the_new_certificate(string patch, string damage)
    {
        await StartAsync(2, new() { PollInterval = TimeSpan.FromMilliseconds(100) });
        await CreateConfigurationAsync();
        await UntilAdmittedAsync();
        var first = Replicas[0].Manager.Current!.TargetCertificate.Thumbprint;

        await SendAsync(HttpMethod.Patch, $"/api/v1/namespaces/{Cluster.Namespace}/secrets/{SecretName}", patch, "application/merge-patch+json");

        await UntilAsync(() => Task.FromResult(Replicas.All(replica => replica.Manager.Current!.TargetCertificate.Thumbprint != first)));
        await UntilAdmittedAsync();
        Assert.Single(Replicas.SelectMany(replica => replica.Messages), message => message.EndsWith($"its content was replaced: {damage}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_Secret_of_another_component_is_not_changed()
    {
        var secrets = $"/api/v1/namespaces/{Cluster.Namespace}/secrets";
        await SendAsync(HttpMethod.Post, secrets, $$$"""{"metadata":{"name":"{{{SecretName}}}","labels":{"app.kubernetes.io/managed-by":"kubeinject"} },"data":{"mine":"aHVudGVyMg=="} }""");
        await StartAsync(1);
        await CreateConfigurationAsync();

        await UntilAsync(async () => (await Replicas[0].GetReadyAsync()).Contains($"{SecretName} belongs to another component", StringComparison.Ordinal));

        Assert.Contains("Specify another name with --tls-secret, or delete this Secret.", await Replicas[0].GetReadyAsync(), StringComparison.Ordinal);
        Assert.Equal("""{"mine":"aHVudGVyMg=="}""", (await ReadSecretAsync())["data"]!.ToJsonString());
        await SendAsync(HttpMethod.Delete, $"{secrets}/{SecretName}");
        await UntilAdmittedAsync();
    }
}
