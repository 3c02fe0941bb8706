namespace KubeInject.Tests.Kubernetes;

/// <summary>Reads streams of objects to their end.</summary>
internal static class CollectingProgress
{
    public static async Task<List<T>> AllAsync<T>(IAsyncEnumerable<T> items)
    {
        var all = new List<T>();
        await foreach (var item in items)
            all.Add(item);
        return all;
    }
}
