using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using static KubeInject.IntegrationTests.Kubernetes.FaultProxy;

namespace KubeInject.IntegrationTests.Kubernetes;

/// <summary>Lists of a real API server are accepted in every format and for every resource; a list that a proxy has changed is not.</summary>
public sealed class WrongAnswerTests
{
    private const string Metadata = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

    private static readonly KubeResource[] Resources =
    [
        KubeResource.Pods, KubeResource.Secrets, KubeResource.ConfigMaps, KubeResource.ServiceAccounts, KubeResource.Deployments, KubeResource.ReplicaSets,
        KubeResource.StatefulSets, KubeResource.DaemonSets, KubeResource.Jobs, new("", "v1", "replicationcontrollers", "ReplicationController"), new("", "v1", "podtemplates", "PodTemplate"),
        new("apps", "v1", "controllerrevisions", "ControllerRevision"), new("", "v1", "endpoints", "Endpoints"), new("rbac.authorization.k8s.io", "v1", "roles", "Role"),
    ];

    [Theory]
    [InlineData(null)]
    [InlineData(Metadata)]
    [InlineData("application/json")]
    public async Task An_empty_list_of_a_real_server_is_empty_in_every_format(string? form)
    {
        var @namespace = await TestCluster.CreateNamespaceAsync();
        using var proxy = new FaultProxy(request => form is not null && request.Headers["Accept"].Contains("protobuf", StringComparison.Ordinal) ? new Fault { Accept = form } : null);
        using var connection = await proxy.OpenAsync(@namespace);

        foreach (var resource in Resources)
        {
            Assert.Empty(await AllAsync(connection.Objects.ListAsync(resource)));
            Assert.Empty(await AllAsync(connection.Objects.ListMetadataAsync(resource)));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Metadata)]
    [InlineData("application/json")]
    public async Task Objects_of_a_real_server_are_listed_in_every_format(string? form)
    {
        var @namespace = await TestCluster.CreateNamespaceAsync();
        await TestCluster.CreatePodAsync(@namespace, "one");
        await TestCluster.CreatePodAsync(@namespace, "two");
        using var proxy = new FaultProxy(request => form is not null && request.Headers["Accept"].Contains("protobuf", StringComparison.Ordinal) ? new Fault { Accept = form } : null);
        using var connection = await proxy.OpenAsync(@namespace);
        var query = new KubeQuery { PageSize = 1 };

        Assert.Equal(["one", "two"], (await AllAsync(connection.Objects.ListAsync(KubeResource.Pods, query))).Select(pod => pod.Name));
        Assert.Equal(["one", "two"], (await AllAsync(connection.Objects.ListMetadataAsync(KubeResource.Pods, query))).Select(pod => pod.Name));
    }

    [Fact]
    public async Task The_response_of_a_real_server_to_another_request_is_an_error()
    {
        var @namespace = await TestCluster.CreateNamespaceAsync();
        using var direct = await TestCluster.OpenAsync(@namespace: @namespace);
        string[] others = ["/api", "/apis", "/api/v1", "/version", "/api/v1/namespaces/default", $"/api/v1/namespaces/{@namespace}/configmaps", $"/apis/apps/v1/namespaces/{@namespace}/deployments", "/openapi/v2?timeout=1s"];
        foreach (var other in others)
        {
            var answer = (await direct.GetAsync(other)).GetRawText();
            using var proxy = new FaultProxy(request => request.Path.Contains("/pods", StringComparison.Ordinal) ? new Fault { Status = 200, Body = answer } : null);
            using var connection = await proxy.OpenAsync(@namespace);
            Func<Task>[] requests =
            [
                () => AllAsync(connection.Objects.ListAsync(KubeResource.Pods)),
                () => AllAsync(connection.Objects.ListMetadataAsync(KubeResource.Pods)),
                () => AllAsync(connection.Objects.WatchAsync(KubeResource.Pods)),
                () => connection.GetPodAsync("a"),
            ];
            foreach (var request in requests)
            {
                var error = await Assert.ThrowsAsync<KubeConnectionException>(request);
                Assert.Equal(KubeConnectionFailure.NotKubernetes, error.Reason);
                Assert.Contains($"{proxy.Server}", error.Message, StringComparison.Ordinal);
                Assert.Contains("/pods", error.Message, StringComparison.Ordinal);
            }
        }
    }

    private static async Task<List<T>> AllAsync<T>(IAsyncEnumerable<T> items)
    {
        var all = new List<T>();
        await foreach (var item in items)
            all.Add(item);
        return all;
    }
}
