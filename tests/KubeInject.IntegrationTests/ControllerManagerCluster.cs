using System.Text;
using KubeInject.IntegrationTests.Kubernetes;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.IntegrationTests;

/// <summary>
/// A separate cluster with a controller manager: Deployments get ReplicaSets, ReplicaSets and Jobs get pods, namespaces get a
/// service account, and dependents are deleted with their owners. There is no kubelet, so pods stay pending.
/// </summary>
/// <remarks>Its API server keeps its objects under another prefix of the same etcd: the cluster of the other tests does not see them.</remarks>
[CollectionDefinition(nameof(ControllerManagerCluster))]
public sealed class ControllerManagerCluster : IAsyncLifetime, IDisposable, ICollectionFixture<ControllerManagerCluster>
{
    private const string Program = "kube-controller-manager";

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly TemporaryFolder folder = new();
    private readonly TestApiServer apiServer = new()
    {
        Flags = new Dictionary<string, string> { ["--etcd-prefix"] = $"/{Guid.NewGuid():n}", ["--disable-admission-plugins"] = "" },
    };

    private ServerProcess? controllerManager;

    /// <summary>Why such a cluster is not available; null if it is.</summary>
    public static string? ReasonToSkip =>
        TestCluster.IsRunning && !File.Exists(TestCluster.FilePath($"{Program}.command")) ? $"KUBEBUILDER_ASSETS has no {Program}." : null;

    /// <summary>The path of a kubeconfig file with the contexts of the rig's kubeconfig.</summary>
    public string Kubeconfig => folder.File("kubeconfig");

    /// <summary>The connection settings of the administrator.</summary>
    internal ConnectionSettings Settings => apiServer.Settings;

    public async Task InitializeAsync()
    {
        if (ReasonToSkip is not null)
            return;
        await apiServer.StartAsync();
        folder.Write("kubeconfig", TestCluster.ReadText("kubeconfig").Replace($"server: {TestCluster.ReadText("server")}", $"server: {Settings.Server}", StringComparison.Ordinal));
        controllerManager = new ServerProcess(Program, new Dictionary<string, string> { ["--kubeconfig"] = Kubeconfig });
        await UntilPodsCanBeCreatedAsync("default");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        controllerManager?.Dispose();
        apiServer.Dispose();
        folder.Dispose();
    }

    /// <summary>Creates a namespace, waits until pods can be created in it, and connects to it as the administrator.</summary>
    internal async Task<KubeConnection> OpenNamespaceAsync()
    {
        var name = $"test-{Guid.NewGuid():n}";
        var connection = await KubeConnection.OpenAsync(Settings with { Namespace = name });
        await connection.Objects.CreateAsync(KubeResource.Namespaces, KubeObject.Parse($$$"""{"metadata":{"name":"{{{name}}}"}}"""));
        await UntilPodsCanBeCreatedAsync(name);
        return connection;
    }

    /// <summary>Waits until the objects of a kind in the connection's namespace are as expected, and returns them.</summary>
    internal async Task<List<KubeObject>> UntilAsync(KubeConnection connection, KubeResource resource, Predicate<List<KubeObject>> isExpected)
    {
        List<KubeObject> objects = [];
        await UntilAsync(
            async cancellationToken => isExpected(objects = await connection.Objects.ListAsync(resource, cancellationToken: cancellationToken).ToListAsync(cancellationToken)),
            () => $"these {resource.Plural} are not as expected: {(objects.Count == 0 ? "none" : string.Join(", ", objects))}");
        return objects;
    }

    /// <summary>A pod needs the service account <c>default</c>, and on older servers also its token.</summary>
    private async Task UntilPodsCanBeCreatedAsync(string @namespace)
    {
        var pod = Encoding.UTF8.GetBytes("""{"metadata":{"name":"test"},"spec":{"containers":[{"name":"test","image":"test"}]}}""");
        var request = new ApiRequest(HttpMethod.Post, $"/api/v1/namespaces/{@namespace}/pods?dryRun=All") { Body = pod };
        using var channel = new ApiChannel(Settings);
        await UntilAsync(async cancellationToken => (await channel.SendAsync(request, cancellationToken)).IsSuccess, () => $"no pod can be created in {@namespace}");
    }

    private async Task UntilAsync(Func<CancellationToken, Task<bool>> isReached, Func<string> failure)
    {
        using var limit = new CancellationTokenSource(LongestWait);
        try
        {
            while (!await isReached(limit.Token))
                await Task.Delay(20, limit.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"After {LongestWait.TotalSeconds} s {failure()}. The end of the output of {Program}:\n{controllerManager!.LastOutput}");
        }
    }
}
