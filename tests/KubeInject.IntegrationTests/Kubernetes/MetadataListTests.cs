using System.Text.Json.Nodes;
using KubeInject.Annotations;
using KubeInject.Annotations.Dialects;
using KubeInject.IntegrationTests.Kubernetes;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Testing;

namespace KubeInject.IntegrationTests;

/// <summary>Metadata that is read as a stream, compared with full pods of the same cluster.</summary>
public class MetadataListTests
{
    private const int Count = 300;

    [Theory]
    [InlineData(500, false)]
    [InlineData(7, false)]
    [InlineData(500, true)]
    public async Task Metadata_equals_the_metadata_of_the_full_pods(int pageSize, bool fromCache)
    {
        var @namespace = await CreatePodsAsync();
        using var connection = await TestCluster.OpenAsync(@namespace: @namespace);
        var whole = new List<Pod>();
        await foreach (var pod in connection.ListPodsAsync())
            whole.Add(pod);

        // If a newer resource version is requested, the server waits until its cache has it.
        if (fromCache)
            await connection.GetAsync($"/api/v1/namespaces/{@namespace}/pods?limit=1&resourceVersion={await VersionAsync(connection)}");
        var metadata = new List<ObjectMetadata>();
        await foreach (var pod in connection.Objects.ListMetadataAsync(KubeResource.Pods, new KubeQuery { PageSize = pageSize, FromCache = fromCache }))
            metadata.Add(pod);

        // The cache has no order.
        if (fromCache)
            metadata.Sort((one, other) => string.CompareOrdinal(one.Name, other.Name));
        Assert.Equal(Count, whole.Count);
        Assert.Equal(whole.Select(pod => Describe(pod.ToMetadata())), metadata.Select(Describe));
        Assert.Equal(
            whole.SelectMany(pod => PodInjections.ReadAll(pod.ToTemplate() with { Containers = [] }, InjectionOptions.Default)).Select(Describe),
            metadata.SelectMany(pod => PodInjections.ReadAll(pod, InjectionOptions.Default)).Select(Describe));
    }

    [Fact]
    public async Task An_error_has_its_reason_although_protobuf_was_requested()
    {
        using var connection = await TestCluster.OpenAsync("viewer");
        var error = await Assert.ThrowsAsync<KubeApiException>(async () =>
        {
            await foreach (var _ in connection.Objects.ListMetadataAsync(KubeResource.Pods))
            {
            }
        });
        Assert.Equal(KubeApiReason.Forbidden, error.Reason);
        Assert.Contains("cannot list resource \"pods\"", error.Message, StringComparison.Ordinal);
    }

    private static async Task<string> VersionAsync(KubeConnection connection) =>
        (await connection.GetAsync($"/api/v1/namespaces/{connection.Namespace}/pods?limit=1")).GetProperty("metadata").GetProperty("resourceVersion").GetString()!;

    private static async Task<string> CreatePodsAsync()
    {
        var @namespace = await TestCluster.CreateNamespaceAsync();
        var generator = new ManifestGenerator(42);
        using var store = new Store();
        await store.PutPodsAsync(@namespace, Enumerable.Range(0, Count).Select(i => ($"pod-{i:d4}", Pod(@namespace, i, generator.WildText()).ToJsonString())));
        return @namespace;
    }

    private static JsonObject Pod(string @namespace, int i, string wild)
    {
        var annotations = new JsonObject { ["example.com/wild"] = wild, [InjectionAnnotation.ForDatabase("orders", "role")] = $"rw-{i}" };
        if (i % 3 == 0)
            annotations[InjectionAnnotation.Uuid] = $"{Guid.NewGuid()}";
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject
            {
                ["name"] = $"pod-{i:d4}",
                ["namespace"] = @namespace,
                ["uid"] = $"{Guid.NewGuid()}",
                ["creationTimestamp"] = "2026-01-02T03:04:05Z",
                ["labels"] = new JsonObject { ["vault-db-injector"] = "true", ["app"] = $"a-{i % 7}" },
                ["annotations"] = annotations,
                ["managedFields"] = new JsonArray(new JsonObject { ["manager"] = "test", ["operation"] = "Update", ["apiVersion"] = "v1", ["fieldsType"] = "FieldsV1", ["fieldsV1"] = new JsonObject() }),
            },
            ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "app", ["image"] = "app" }) },
            ["status"] = new JsonObject { ["phase"] = "Pending" },
        };
    }

    private static string Describe(ObjectMetadata pod) =>
        $"{pod} {pod.Uid} {pod.CreationTimestamp:O} {Describe(pod.Labels)} {Describe(pod.Annotations)}";

    private static string Describe(IReadOnlyDictionary<string, string> map) => string.Join(',', map.OrderBy(pair => pair.Key, StringComparer.Ordinal));

    private static string Describe(PodInjection injection) => $"{injection} {string.Join(',', injection.Databases)} {string.Join(',', injection.Uuids)} {string.Join(',', injection.Findings)}";
}
