using System.Globalization;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Connection;

namespace KubeInject.IntegrationTests.Kubernetes;

/// <summary>10,000 pods of about 5 KB. No other test runs at the same time, because these tests compact the store.</summary>
[Collection(nameof(NonParallel))]
public class LargeListTests(LargeListTests.Pods pods) : IClassFixture<LargeListTests.Pods>
{
    private const int Count = 10_000;
    private const int HalfKilobytes = 9;

    [Fact]
    public async Task Memory_depends_on_the_page_and_not_on_the_list()
    {
        var lister = await Command.RunAsync("dotnet", [typeof(PodLister).Assembly.Location, "list", pods.Namespace]);
        Assert.True(lister.ExitCode == 0, lister.Error);
        var reported = lister.Output.Split(' ').Select(number => long.Parse(number, CultureInfo.InvariantCulture)).ToList();
        var (count, bytesOfPod, megabytesAboveIdle) = (reported[0], reported[1], reported[2]);
        Assert.Equal(Count, count);
        Assert.InRange(bytesOfPod, 4_500, 6_500);
        Assert.InRange(megabytesAboveIdle, 0, 100);
    }

    [Fact]
    public async Task The_first_pod_is_returned_with_the_first_page()
    {
        using var connection = await TestCluster.OpenAsync(@namespace: pods.Namespace);
        var requests = 0;
        connection.RequestCompleted += _ => requests++;
        await using var list = connection.ListPodsAsync().GetAsyncEnumerator();
        Assert.True(await list.MoveNextAsync());
        Assert.Equal(1, requests);
    }

    [Fact]
    public async Task A_continue_token_that_expires_during_a_list_loses_no_pod()
    {
        var continued = 0;
        using var proxy = new FaultProxy(request => request.Path.Contains("continue=", StringComparison.Ordinal) && ++continued is 3 or 9
            ? FaultProxy.Fault.Error(410, "Expired")
            : null);
        using var connection = await proxy.OpenAsync(pods.Namespace);
        var restarted = 0;
        connection.RequestCompleted += request => restarted += request.StatusCode == 410 ? 1 : 0;
        var names = await ListAsync(connection, 1000);
        Assert.Equal(Pods.Names, names.Order(StringComparer.Ordinal));
        Assert.Equal(2, restarted);
    }

    [Fact]
    public async Task A_compacted_continue_token_loses_no_pod()
    {
        // The cache of newer API servers has earlier revisions that the store has compacted.
        using var server = new TestApiServer { Flags = new Dictionary<string, string> { ["--watch-cache"] = "false" } };
        await server.StartAsync();
        using var connection = await KubeConnection.OpenAsync(server.Settings with { Namespace = pods.Namespace });
        using var store = new Store();
        var statuses = new List<int?>();
        var listed = 0;
        connection.RequestCompleted += request =>
        {
            statuses.Add(request.StatusCode);
            if (++listed == 4)
            {
                // Without a newer object the revision of the list is the newest.
                TestCluster.CreateNamespaceAsync().GetAwaiter().GetResult();
                store.ForgetAsync().GetAwaiter().GetResult();
            }
        };
        var names = await ListAsync(connection, 1000);
        Assert.Equal(Pods.Names, names.Order(StringComparer.Ordinal));
        Assert.Equal(1, statuses.Count(status => status == 410));
    }

    private static async Task<List<string>> ListAsync(KubeConnection connection, int pageSize)
    {
        var names = new List<string>();
        await foreach (var pod in connection.ListPodsAsync(new KubeQuery { PageSize = pageSize }))
            names.Add(pod.Name);
        return names;
    }

    /// <summary>The pods, created once.</summary>
    public sealed class Pods : IAsyncLifetime
    {
        public string Namespace { get; private set; } = "";

        public static IEnumerable<string> Names => Enumerable.Range(0, Count).Select(i => $"pod-{i:d5}");

        public async Task InitializeAsync()
        {
            Namespace = await TestCluster.CreateNamespaceAsync();
            var notes = string.Join(',', Enumerable.Range(0, HalfKilobytes).Select(i => $"\"note-{i}\":\"{new string('x', 500)}\""));
            using var store = new Store();
            await store.PutPodsAsync(Namespace, Names.Select(name => (name, $$$"""
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}","namespace":"{{{Namespace}}}","uid":"{{{Guid.NewGuid()}}}","creationTimestamp":"2026-01-02T03:04:05Z",
                 "annotations":{{{{notes}}}}},"spec":{"containers":[{"name":"app","image":"app"}]},"status":{"phase":"Pending"}}
                """)));
        }

        public async Task DisposeAsync()
        {
            using var store = new Store();
            await store.DeletePodsAsync(Namespace);
        }
    }
}
