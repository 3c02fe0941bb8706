using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using KubeInject.Annotations;

namespace KubeInject.Benchmarks;

/// <summary>Creates typical pods of large clusters in a cluster of the test rig, directly in its store.</summary>
internal static class PodMaker
{
    private const int Namespaces = 50;

    // etcd allows no more operations in one transaction.
    private const int Batch = 64;

    public static async Task RunAsync(int count)
    {
        var cluster = Environment.GetEnvironmentVariable("KUBEINJECT_TEST_CLUSTER") ?? throw new InvalidOperationException("Run this by tests/rig/with-cluster.sh.");
        var command = await File.ReadAllLinesAsync(Path.Combine(cluster, "kube-apiserver.command"));
        const string Option = "--etcd-servers=";
        using var store = new HttpClient { BaseAddress = new Uri(command.Single(word => word.StartsWith(Option, StringComparison.Ordinal))[Option.Length..]) };
        foreach (var batch in Enumerable.Range(0, count).Chunk(Batch))
        {
            var puts = batch.Select(i => new { requestPut = new { key = Base64($"/registry/pods/{Namespace(i)}/{Name(i)}"), value = Base64(Pod(i).ToJsonString()) } });
            using var answer = await store.PostAsJsonAsync("/v3/kv/txn", new { success = puts });
            answer.EnsureSuccessStatusCode();
        }
    }

    private static string Namespace(int i) => string.Create(CultureInfo.InvariantCulture, $"team-{i % Namespaces}");

    private static string Name(int i) => string.Create(CultureInfo.InvariantCulture, $"orders-{i:d6}");

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    /// <summary>Two containers, thirteen variables each, ten annotations, and managed fields as the API server stores them.</summary>
    private static JsonObject Pod(int i)
    {
        var annotations = new JsonObject
        {
            [InjectionAnnotation.ForDatabase("orders", "role")] = "orders-rw",
            [InjectionAnnotation.ForDatabase("orders", "env-key-dbuser")] = "ORDERS_USER",
            [InjectionAnnotation.ForDatabase("orders", "env-key-dbpassword")] = "ORDERS_PASSWORD",
            [InjectionAnnotation.Uuid] = $"{Guid.NewGuid()}",
        };
        for (var j = 0; j < 6; j++)
            annotations[$"example.com/note-{j}"] = $"{i} {j} {new string('n', 90)}";
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject
            {
                ["name"] = Name(i),
                ["namespace"] = Namespace(i),
                ["uid"] = $"{Guid.NewGuid()}",
                ["creationTimestamp"] = "2026-01-02T03:04:05Z",
                ["labels"] = new JsonObject { ["app"] = $"orders-{i % 100}", ["pod-template-hash"] = $"{i % 997:x}", ["vault-db-injector"] = "true" },
                ["annotations"] = annotations,
                ["ownerReferences"] = new JsonArray(new JsonObject { ["apiVersion"] = "apps/v1", ["kind"] = "ReplicaSet", ["name"] = "orders", ["uid"] = $"{Guid.NewGuid()}", ["controller"] = true }),
                ["managedFields"] = new JsonArray(new JsonObject
                {
                    ["manager"] = "kube-controller-manager",
                    ["operation"] = "Update",
                    ["apiVersion"] = "v1",
                    ["time"] = "2026-01-02T03:04:05Z",
                    ["fieldsType"] = "FieldsV1",
                    ["fieldsV1"] = new JsonObject
                    {
                        ["f:metadata"] = new JsonObject { ["f:annotations"] = Fields(annotations.Select(pair => $"f:{pair.Key}")) },
                        ["f:spec"] = new JsonObject { ["f:containers"] = new JsonObject { ["k:{\"name\":\"app\"}"] = OwnVariables(), ["k:{\"name\":\"proxy\"}"] = OwnVariables() } },
                    },
                }),
            },
            ["spec"] = new JsonObject
            {
                ["serviceAccountName"] = "orders",
                ["nodeName"] = $"node-{i % 20}",
                ["containers"] = new JsonArray(Container("app", i), Container("proxy", i)),
            },
            ["status"] = new JsonObject { ["phase"] = "Running", ["podIP"] = "10.0.0.1" },
        };
    }

    private static JsonObject Container(string name, int i) => new()
    {
        ["name"] = name,
        ["image"] = "example/app:1.0",
        ["env"] = new JsonArray([.. Enumerable.Range(0, 13).Select(j => new JsonObject { ["name"] = $"VARIABLE_{j:d2}", ["value"] = $"{j} of {i} {new string('x', 60)}" })]),
    };

    private static JsonObject OwnVariables() =>
        new() { ["f:env"] = Fields(Enumerable.Range(0, 13).Select(j => $"k:{{\"name\":\"VARIABLE_{j:d2}\"}}")) };

    private static JsonObject Fields(IEnumerable<string> keys) => new([.. keys.Select(key => KeyValuePair.Create<string, JsonNode?>(key, new JsonObject()))]);
}
