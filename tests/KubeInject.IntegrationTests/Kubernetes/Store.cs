using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace KubeInject.IntegrationTests.Kubernetes;

/// <summary>The store of the API server (etcd), for operations that the API server does not have or is slow at.</summary>
internal sealed class Store : IDisposable
{
    private readonly HttpClient client = new() { BaseAddress = Address() };

    /// <summary>Stores pods unchanged.</summary>
    public async Task PutPodsAsync(string @namespace, IEnumerable<(string Name, string Json)> pods)
    {
        // etcd allows no more operations in one transaction.
        foreach (var some in pods.Chunk(128))
        {
            var puts = some.Select(pod => new { requestPut = new { key = Base64($"{Folder(@namespace)}{pod.Name}"), value = Base64(pod.Json) } });
            await AskAsync("/v3/kv/txn", new { success = puts });
        }

        // All pods of a transaction have the same revision. An API server that reads from its cache waits until the cache has
        // the newest revision, and might then have only some of the pods. With a later revision it has all.
        await PutAsync("kubeinject-test", "{}");
    }

    /// <summary>Stores an object unchanged, without the checks of the API server.</summary>
    public Task PutAsync(string key, string json) => AskAsync("/v3/kv/put", new { key = Base64($"/registry/{key}"), value = Base64(json) });

    /// <summary>Removes the pods of a namespace.</summary>
    public Task DeletePodsAsync(string @namespace)
    {
        var folder = Folder(@namespace);

        // The end of the range is the first key after the prefix: '0' follows '/'.
        return AskAsync("/v3/kv/deleterange", new { key = Base64(folder), range_end = Base64($"{folder[..^1]}0") });
    }

    /// <summary>Compacts the store, as the API server does every few minutes.</summary>
    public async Task ForgetAsync()
    {
        var status = await AskAsync("/v3/maintenance/status", new { });
        await AskAsync("/v3/kv/compaction", new { revision = status.GetProperty("header").GetProperty("revision").GetString() });
    }

    public void Dispose() => client.Dispose();

    private async Task<JsonElement> AskAsync<T>(string path, T question)
    {
        using var answer = await client.PostAsJsonAsync(path, question);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static Uri Address()
    {
        const string Option = "--etcd-servers=";
        return new Uri(TestCluster.ReadText("kube-apiserver.command").Split('\n').Single(word => word.StartsWith(Option, StringComparison.Ordinal))[Option.Length..]);
    }

    private static string Folder(string @namespace) => $"/registry/pods/{@namespace}/";

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
