using System.Text;
using System.Text.Json.Nodes;
using KubeInject.Certificates;
using KubeInject.IntegrationTests.Admission;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Connection;

namespace KubeInject.IntegrationTests.Certificates;

/// <summary>Shared parts of the tests of managed certificates: a namespace, replicas, and the webhook configuration with the name of the namespace.</summary>
public abstract class ManagedCertificateTest : IAsyncLifetime
{
    internal const string SecretName = "kubeinject-tls";
    private const string Configurations = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly List<ManagedReplica> replicas = [];

    internal KubeConnection Cluster { get; private set; } = null!;

    internal IReadOnlyList<ManagedReplica> Replicas => replicas;

    public async Task InitializeAsync() => Cluster = await TestCluster.OpenAsync(@namespace: await TestCluster.CreateNamespaceAsync());

    public async Task DisposeAsync()
    {
        await Command.RunAsync("kubectl", ["--kubeconfig", TestCluster.FilePath("kubeconfig"), "delete", "mutatingwebhookconfiguration", Cluster.Namespace]);
        foreach (var replica in replicas)
            await replica.DisposeAsync();
        Cluster.Dispose();
    }

    /// <summary>Starts replicas at the same time.</summary>
    internal async Task StartAsync(int count, RotationTimes? times = null) =>
        replicas.AddRange(await Task.WhenAll(Enumerable.Range(0, count).Select(_ => ManagedReplica.StartAsync(Cluster, times ?? new RotationTimes()))));

    /// <summary>Creates the configuration with a webhook for each replica, and no caBundle.</summary>
    /// <param name="others">Further webhooks, each before a comma.</param>
    internal async Task CreateConfigurationAsync(string others = "")
    {
        var webhooks = replicas.Select((replica, index) =>
        {
            var webhook = JsonNode.Parse(RegisteredWebhook.Webhook($"pods{index}.kubeinject.io", Cluster.Namespace, replica.Webhook, ""))!;
            webhook["clientConfig"]!.AsObject().Remove("caBundle");
            return webhook.ToJsonString();
        });
        await SendAsync(HttpMethod.Post, Configurations, $$$"""
            {"apiVersion":"admissionregistration.k8s.io/v1","kind":"MutatingWebhookConfiguration","metadata":{"name":"{{{Cluster.Namespace}}}"},"webhooks":[{{{others}}}{{{string.Join(',', webhooks)}}}]}
            """);
    }

    internal async Task<JsonNode> ReadConfigurationAsync() => JsonNode.Parse(await SendAsync(HttpMethod.Get, $"{Configurations}/{Cluster.Namespace}"))!;

    internal async Task<JsonNode> ReadSecretAsync() => JsonNode.Parse(await SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{Cluster.Namespace}/secrets/{SecretName}"))!;

    /// <summary>Creates a pod as a dry run, so that the API server calls the webhooks of all replicas.</summary>
    /// <exception cref="KubeInject.Kubernetes.Errors.KubeApiException">A webhook could not be called.</exception>
    internal async Task<string> AdmitAsync() =>
        await SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{Cluster.Namespace}/pods?dryRun=All", RegisteredWebhook.Pod(Cluster.Namespace, name: """ "generateName":"orders-" """));

    internal Task UntilReadyAsync() => UntilAsync(async () => (await Task.WhenAll(replicas.Select(replica => replica.GetReadyAsync()))).All(ready => ready == "ready\n"));

    /// <summary>Waits until the API server uses the webhooks and trusts their certificates.</summary>
    internal async Task UntilAdmittedAsync()
    {
        await UntilReadyAsync();
        await UntilAsync(async () =>
        {
            try
            {
                return (await AdmitAsync()).Contains("secretKeyRef", StringComparison.Ordinal);
            }
            catch (KubeInject.Kubernetes.Errors.KubeApiException)
            {
                return false;
            }
        });
    }

    internal async Task UntilAsync(Func<Task<bool>> isReached)
    {
        using var limit = new CancellationTokenSource(LongestWait);
        while (!await isReached())
        {
            if (limit.IsCancellationRequested)
                Assert.Fail($"Not reached after {LongestWait}. Messages: {string.Join('\n', replicas.SelectMany(replica => replica.Messages).TakeLast(20))}");
        }
    }

    internal async Task<string> SendAsync(HttpMethod method, string path, string? body = null, string contentType = "application/json")
    {
        var request = new ApiRequest(method, path) { Body = body is null ? null : Encoding.UTF8.GetBytes(body), ContentType = contentType };
        return Encoding.UTF8.GetString((await Cluster.Channel.SendAndEnsureSuccessAsync(request, CancellationToken.None)).Body.Span);
    }
}
