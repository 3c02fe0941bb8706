using System.Globalization;
using System.Net;
using System.Net.Sockets;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Errors;

namespace KubeInject.IntegrationTests.Kubernetes;

/// <summary>A separate API server that a test can kill, with the store that all tests share.</summary>
internal sealed class TestApiServer : IDisposable
{
    private readonly int port = FreePort();
    private ServerProcess? process;

    /// <summary>Flags that are added to the flags of the shared server or replace them.</summary>
    public IReadOnlyDictionary<string, string> Flags { get; init; } = new Dictionary<string, string>();

    /// <summary>The CA of its certificate.</summary>
    public CertificateAuthority Authority { get; init; } = TestCluster.Authority;

    public ConnectionSettings Settings => TestCluster.Context("admin") with { Server = new Uri($"https://127.0.0.1:{port}"), CertificateAuthority = Authority };

    /// <summary>Starts the server, and waits until it is ready.</summary>
    public async Task StartAsync()
    {
        process = new ServerProcess("kube-apiserver", new Dictionary<string, string>(Flags) { ["--secure-port"] = port.ToString(CultureInfo.InvariantCulture) });
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!await IsReadyAsync(limit.Token))
            await Task.Delay(50, limit.Token);
    }

    /// <summary>Kills the server, and waits until it has ended.</summary>
    public void Kill()
    {
        process!.Dispose();
        process = null;
    }

    public void Dispose() => process?.Dispose();

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var channel = new ApiChannel(Settings);
            return (await channel.SendAsync(ApiRequest.Get("/api/v1/namespaces/default"), cancellationToken)).IsSuccess;
        }
        catch (KubeConnectionException)
        {
            return false;
        }
    }

    /// <summary>A port below the range of outgoing connections, because it must be free again after a restart.</summary>
    private static int FreePort()
    {
        while (true)
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(16_000, 32_000));
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
                // The port is in use.
            }
        }
    }
}
