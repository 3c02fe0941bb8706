using System.Net;
using KubeInject.Annotations;
using KubeInject.Certificates;
using KubeInject.Injector.Serve;
using KubeInject.Kubernetes.Connection;
using Microsoft.Extensions.Logging;

namespace KubeInject.IntegrationTests.Certificates;

/// <summary>A replica of the webhook in this process that manages its certificate. API servers call it by its IP address.</summary>
internal sealed class ManagedReplica : IProgress<ServerMessage>, IAsyncDisposable
{
    private static readonly string[] Hosts = ["127.0.0.1"];

    private readonly CancellationTokenSource stop = new();
    private readonly List<string> messages = [];
    private readonly Task running;
    private WebhookServer? server;

    private ManagedReplica(KubeConnection cluster, RotationTimes times)
    {
        Manager = new CertificateManager(
            new KubeCertificateStore(cluster.Objects, cluster.Namespace, ManagedCertificateTest.SecretName), new KubeWebhookTrust(cluster.Objects, cluster.Namespace, Hosts), Hosts, times, TimeProvider.System, this);
        running = Manager.RunAsync(stop.Token);
    }

    public CertificateManager Manager { get; }

    /// <summary>The address of the webhook.</summary>
    public Uri Webhook => new(server!.Addresses[0], "/mutate");

    /// <summary>The log so far.</summary>
    public IReadOnlyList<string> Messages
    {
        get
        {
            lock (messages)
                return [.. messages];
        }
    }

    public static async Task<ManagedReplica> StartAsync(KubeConnection cluster, RotationTimes times)
    {
        var replica = new ManagedReplica(cluster, times);
        var any = new IPEndPoint(IPAddress.Loopback, 0);
        replica.server = await WebhookServer.StartAsync(new ServeOptions(any, any, "", "", InjectionOptions.Default, UsesJson: false, LogLevel.Warning), replica.Manager, CancellationToken.None);
        return replica;
    }

    /// <summary>Gets the response of <c>/readyz</c>.</summary>
    public async Task<string> GetReadyAsync()
    {
        using var client = new HttpClient();
        return await (await client.GetAsync(new Uri(server!.Addresses[1], "/readyz"))).Content.ReadAsStringAsync();
    }

    public void Report(ServerMessage value)
    {
        lock (messages)
            messages.Add(value.Text);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        await server!.DisposeAsync();
        stop.Dispose();
    }
}
