using System.Text.Json;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.IntegrationTests.Kubernetes;

public class PodTests
{
    [Fact]
    public async Task A_list_in_small_pages_returns_every_pod_once()
    {
        var @namespace = await TestCluster.CreateNamespaceAsync();
        var names = Enumerable.Range(0, 12).Select(i => $"pod-{i:d2}").ToList();
        foreach (var name in names)
            await TestCluster.CreatePodAsync(@namespace, name);
        using var connection = await TestCluster.OpenAsync(@namespace: @namespace);
        var requests = new List<CompletedRequest>();
        connection.RequestCompleted += requests.Add;
        Assert.Equal(names, (await ListAsync(connection, new KubeQuery { PageSize = 5 })).Select(pod => pod.Name));
        Assert.Equal(3, requests.Count);
    }

    [Fact]
    public async Task Selectors_filter_pods()
    {
        var @namespace = await TestCluster.CreateNamespaceAsync();
        await TestCluster.CreatePodAsync(@namespace, "a", metadata: ""","labels":{"app":"orders","tier":"web"}""");
        await TestCluster.CreatePodAsync(@namespace, "b", metadata: ""","labels":{"app":"orders"}""");
        await TestCluster.CreatePodAsync(@namespace, "c");
        using var connection = await TestCluster.OpenAsync(@namespace: @namespace);
        Assert.Equal(["a", "b"], (await ListAsync(connection, new KubeQuery { LabelSelector = "app=orders" })).Select(pod => pod.Name));
        Assert.Equal(["b"], (await ListAsync(connection, new KubeQuery { LabelSelector = "app in (orders,other),!tier" })).Select(pod => pod.Name));
        Assert.Equal(["c"], (await ListAsync(connection, new KubeQuery { FieldSelector = "metadata.name=c" })).Select(pod => pod.Name));
    }

    [Fact]
    public async Task All_namespaces_are_listed_on_request()
    {
        var namespaces = new[] { await TestCluster.CreateNamespaceAsync(), await TestCluster.CreateNamespaceAsync() };
        var label = $"run-{Guid.NewGuid():n}";
        foreach (var @namespace in namespaces)
            await TestCluster.CreatePodAsync(@namespace, "a", metadata: $$""","labels":{"run":"{{label}}"}""");
        using var connection = await TestCluster.OpenAsync();
        var pods = await ListAsync(connection, new KubeQuery { AllNamespaces = true, LabelSelector = $"run={label}" });
        Assert.Equal(namespaces.Order(StringComparer.Ordinal), pods.Select(pod => pod.Namespace!));
    }

    [Fact]
    public async Task A_pod_of_a_list_has_the_same_document_as_the_single_pod()
    {
        var @namespace = await TestCluster.CreateNamespaceAsync();
        await TestCluster.CreatePodAsync(@namespace, "a", """{"serviceAccountName":"teller","containers":[{"name":"app","image":"app:1","env":[{"name":"A"}]}]}""", ""","annotations":{"note":"<é> \u2028"}""");
        using var connection = await TestCluster.OpenAsync(@namespace: @namespace);
        var single = await connection.GetPodAsync("a");
        var listed = Assert.Single(await ListAsync(connection));
        Assert.Equal(Sorted(single.ToJson()), Sorted(listed.ToJson()));
        Assert.Equal("<é> \u2028", listed.Annotations["note"]);
        Assert.Equal(("teller", "Pending"), (listed.ServiceAccountName, listed.Phase));
        Assert.StartsWith("""{"apiVersion":"v1","kind":"Pod","metadata":{""", listed.ToJson(), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', listed.ToJson());
    }

    [Fact]
    public async Task A_missing_pod_is_not_found()
    {
        using var connection = await TestCluster.OpenAsync();
        var error = await Assert.ThrowsAsync<KubeApiException>(() => connection.GetPodAsync("missing"));
        Assert.Equal((404, KubeApiReason.NotFound, "pods \"missing\" not found"), (error.StatusCode, error.Reason, error.Message));
        Assert.Equal(("pods", "missing"), (error.Details!.Kind, error.Details.Name));
    }

    [Fact]
    public async Task A_user_without_rights_connects_and_is_forbidden()
    {
        using var connection = await TestCluster.OpenAsync("viewer");
        var error = await Assert.ThrowsAsync<KubeApiException>(() => ListAsync(connection));
        Assert.Equal((403, KubeApiReason.Forbidden), (error.StatusCode, error.Reason));
        Assert.Contains("kubeinject-viewer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_errors_of_the_server_are_distinguished()
    {
        var @namespace = await TestCluster.CreateNamespaceAsync();
        await TestCluster.CreatePodAsync(@namespace, "a");
        var exists = await Assert.ThrowsAsync<KubeApiException>(() => TestCluster.CreatePodAsync(@namespace, "a"));
        Assert.Equal((409, KubeApiReason.AlreadyExists), (exists.StatusCode, exists.Reason));
        var invalid = await Assert.ThrowsAsync<KubeApiException>(() => TestCluster.CreatePodAsync(@namespace, "b", """{"containers":[{"name":"NO"}]}"""));
        Assert.Equal((422, KubeApiReason.Invalid), (invalid.StatusCode, invalid.Reason));
        Assert.Contains(invalid.Causes, cause => cause is { Field: "spec.containers[0].name", Reason: "FieldValueInvalid" });
        using var connection = await TestCluster.OpenAsync();
        var selector = await Assert.ThrowsAsync<KubeApiException>(() => ListAsync(connection, new KubeQuery { LabelSelector = "(((" }));
        Assert.Equal((400, KubeApiReason.BadRequest), (selector.StatusCode, selector.Reason));
    }

    private static async Task<List<Pod>> ListAsync(KubeConnection connection, KubeQuery? query = null)
    {
        var pods = new List<Pod>();
        await foreach (var pod in connection.ListPodsAsync(query))
            pods.Add(pod);
        return pods;
    }

    private static List<string> Sorted(string json) =>
        [.. JsonDocument.Parse(json).RootElement.EnumerateObject().Select(property => property.ToString()).Order(StringComparer.Ordinal)];
}
