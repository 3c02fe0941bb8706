using System.Collections.Concurrent;
using System.Collections.ObjectModel;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using static KubeInject.Tests.Kubernetes.TestServer;

namespace KubeInject.Tests.Kubernetes;

/// <summary>A client that is connected to a server, which then sends the responses of the test, one after another.</summary>
internal sealed class FaultyApi : IDisposable
{
    private readonly TestServer server;

    private FaultyApi(TestServer server, ImmediateTimeProvider clock, KubeConnection connection)
    {
        this.server = server;
        Clock = clock;
        Connection = connection;
        connection.RequestCompleted += ReportedRequests.Add;
    }

    public ImmediateTimeProvider Clock { get; }

    public KubeConnection Connection { get; }

    public KubeObjectClient Objects => Connection.Objects;

    /// <summary>The requests that the client reports.</summary>
    public ObservableCollection<CompletedRequest> ReportedRequests { get; } = [];

    /// <summary>The requests that the server received, without those of connecting.</summary>
    public IReadOnlyList<Request> Requests => [.. server.Requests.Skip(2)];

    public static Task<FaultyApi> OpenAsync(params Response[] responses) => OpenAsync(null, responses);

    public static Task<FaultyApi> OpenAsync(KubeRetryPolicy? policy, params Response[] responses)
    {
        var queue = new ConcurrentQueue<Response>(responses);
        return OpenAsync(_ => queue.TryDequeue(out var response) ? response : Response.Error(418, "", "the test has no more responses"), policy);
    }

    public static async Task<FaultyApi> OpenAsync(Func<Request, Response> answer, KubeRetryPolicy? policy = null)
    {
        var clock = new ImmediateTimeProvider();
        var server = new TestServer(TestServer.Kubernetes(answer));
        var settings = new ConnectionSettings { Server = server.Http, Namespace = "shop" };
        return new FaultyApi(server, clock, await KubeConnection.OpenAsync(settings, policy ?? clock.Policy, CancellationToken.None));
    }

    /// <summary>Rejects new connections, and closes the existing ones.</summary>
    public void StopListening() => server.Stop();

    public void Dispose()
    {
        Connection.Dispose();
        server.Dispose();
    }
}
