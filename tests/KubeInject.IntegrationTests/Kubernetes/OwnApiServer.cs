using System.Globalization;
using System.Net;
using System.Net.Sockets;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Errors;

namespace KubeInject.IntegrationTests.Kubernetes;

/// <summary>An API server of a test's own, which may be killed, on the store of the one that all tests share.</summary>
internal sealed class OwnApiServer : IDisposable
{
    private readonly int port = FreePort();
    private ServerProcess? process;

    /// <summary>The flags that its command line has in addition to, or in place of, those of the shared one.</summary>
    public IReadOnlyDictionary<string, string> Flags { get; init; } = new Dictionary<string, string>();

    /// <summary>Who vouches for its certificate.</summary>
    public CertificateAuthority Authority { get; init; } = TestCluster.Authority;

    public ConnectionSettings Settings => TestCluster.Context("admin") with { Server = new Uri($"https://127.0.0.1:{port}"), CertificateAuthority = Authority };

    /// <summary>Starts the server, and waits until it serves.</summary>
    public async Task StartAsync()
    {
        process = new ServerProcess("kube-apiserver", new Dictionary<string, string>(Flags) { ["--secure-port"] = port.ToString(CultureInfo.InvariantCulture) });
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!await IsReadyAsync(limit.Token))
            await Task.Delay(50, limit.Token);
    }

    /// <summary>Kills the server, and waits until it is gone.</summary>
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

    /// <summary>A port below those that outgoing connections get: it has to be free again after a restart.</summary>
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
                // Taken.
            }
        }
    }
}
