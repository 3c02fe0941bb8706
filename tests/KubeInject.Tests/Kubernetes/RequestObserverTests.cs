using System.Collections.Concurrent;
using KubeInject.Credentials.Vault;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Connection;
using static KubeInject.Tests.Kubernetes.TestServer;

namespace KubeInject.Tests.Kubernetes;

public sealed class RequestObserverTests
{
    [Fact]
    public async Task An_observer_receives_only_its_own_requests_even_on_a_shared_connection()
    {
        using var server = new TlsServer(TestServer.Kubernetes(_ => Response.Json("{}")));
        using var connection = await KubeConnection.OpenAsync(server.Settings);

        Task<ConcurrentQueue<string>> WorkAsync(string name) => Task.Run(async () =>
        {
            var heard = new ConcurrentQueue<string>();
            RequestObserver.Current = request => heard.Enqueue(request.Path);
            await Task.WhenAll(Enumerable.Range(0, 5).Select(number => connection.GetAsync($"/{name}/{number}")));
            return heard;
        });
        var heard = await Task.WhenAll(WorkAsync("a"), WorkAsync("b"));

        Assert.Null(RequestObserver.Current);
        Assert.Equal(Enumerable.Range(0, 5).Select(number => $"/a/{number}"), heard[0].Order());
        Assert.Equal(Enumerable.Range(0, 5).Select(number => $"/b/{number}"), heard[1].Order());
    }

    [Fact]
    public async Task Requests_to_Vault_are_reported_with_their_address_and_without_the_token()
    {
        using var server = new TestServer(_ => Response.Json("""{"data":{"keys":[]}}"""));
        using var vault = new VaultClient(new VaultSettings { Address = server.Http }, VaultLogin.Token(new SensitiveString("canary")));
        var heard = new List<string>();

        RequestObserver.Current = request => heard.Add($"{request}");
        await vault.SendAsync(new VaultRequest(HttpMethod.Get, "databases/roles"), CancellationToken.None);
        RequestObserver.Current = null;

        Assert.StartsWith($"GET {server.Http}v1/databases/roles 200 in ", Assert.Single(heard), StringComparison.Ordinal);
        Assert.DoesNotContain("canary", heard[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_reports_its_progress_and_total()
    {
        using var server = new TlsServer(TestServer.Kubernetes(request => Response.Json(request.Path.Contains("continue=", StringComparison.Ordinal)
            ? """{"kind":"PodList","metadata":{},"items":[{"metadata":{"name":"c","uid":"3"}}]}"""
            : """{"kind":"PodList","metadata":{"continue":"x","remainingItemCount":1},"items":[{"metadata":{"name":"a","uid":"1"}},{"metadata":{"name":"b","uid":"2"}}]}""")));
        using var connection = await KubeConnection.OpenAsync(server.Settings);
        var reports = new Reports();

        await foreach (var pod in connection.ListPodsAsync(new KubeQuery { Progress = reports }))
            Assert.NotEmpty(reports.All);

        Assert.Equal([new(2, 3, false), new(3, 3, false), new(3, 3, true)], reports.All);
    }

    private sealed class Reports : IProgress<ListProgress>
    {
        public List<ListProgress> All { get; } = [];

        public void Report(ListProgress value) => All.Add(value);
    }
}
