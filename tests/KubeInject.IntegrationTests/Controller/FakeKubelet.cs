using System.Collections.Concurrent;
using KubeInject.Controller;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.IntegrationTests.Controller;

/// <summary>Makes the pods of a namespace ready as soon as their Secret exists, as a kubelet would, and records what happens to them.</summary>
internal sealed class FakeKubelet : IAsyncDisposable
{
    private const string Ready = """
        {"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"},{"type":"ContainersReady","status":"True"}],
         "containerStatuses":[{"name":"app","image":"app","imageID":"app","containerID":"containerd://1","ready":true,"restartCount":0,"state":{"running":{} } }]} }
        """;

    private readonly CancellationTokenSource stop = new();
    private readonly KubeConnection cluster;
    private readonly Func<PodKey, Task<bool>> hasSecret;
    private readonly ConcurrentDictionary<string, KubeObject> pods = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Task> starting = new(StringComparer.Ordinal);
    private readonly Task watching;

    /// <param name="cluster">A connection to the namespace.</param>
    /// <param name="hasSecret">Returns whether the Secret of a pod exists.</param>
    public FakeKubelet(KubeConnection cluster, Func<PodKey, Task<bool>> hasSecret)
    {
        this.cluster = cluster;
        this.hasSecret = hasSecret;
        watching = WatchAsync();
    }

    /// <summary>When pods were deleted.</summary>
    public ConcurrentDictionary<PodKey, DateTimeOffset> Deleted { get; } = new();

    /// <summary>The smallest number of ready pods of each application (label <c>app</c>) since its first pods were complete.</summary>
    public ConcurrentDictionary<string, int> FewestReady { get; } = new(StringComparer.Ordinal);

    /// <summary>The pods that are ready.</summary>
    /// <param name="application">The application; null for all.</param>
    public IReadOnlyList<PodKey> ReadyPods(string? application = null) =>
        [.. pods.Values.Where(pod => IsReady(pod) && (application is null || ApplicationOf(pod) == application)).Select(KeyOf)];

    /// <summary>Records from now on how many pods of an application are ready.</summary>
    public void Count(string application) => FewestReady[application] = ReadyPods(application).Count;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(starting.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task WatchAsync()
    {
        await foreach (var change in cluster.Objects.WatchAsync(KubeResource.Pods, null, stop.Token))
        {
            var pod = change.Object;
            if (change.Type == KubeEventType.Deleted)
            {
                pods.TryRemove(pod.Uid!, out _);
                Deleted[KeyOf(pod)] = DateTimeOffset.UtcNow;
            }
            else
            {
                pods[pod.Uid!] = pod;
                _ = starting.GetOrAdd(pod.Uid!, _ => StartAsync(KeyOf(pod)));
            }

            foreach (var (application, fewest) in FewestReady)
                FewestReady[application] = Math.Min(fewest, ReadyPods(application).Count);
        }
    }

    private async Task StartAsync(PodKey pod)
    {
        try
        {
            while (!await hasSecret(pod))
                await Task.Delay(20, stop.Token);
            await cluster.Objects.PatchStatusAsync(KubeResource.Pods, pod.Name, KubePatch.Merge(Ready), pod.Namespace);
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.NotFound)
        {
            // The pod was deleted.
        }
    }

    private static PodKey KeyOf(KubeObject pod) => new(pod.Namespace!, pod.Name, pod.Uid!);

    private static string? ApplicationOf(KubeObject pod) => pod.ToElement().Get("metadata").Get("labels").Text("app");

    private static bool IsReady(KubeObject pod) => pod.ToElement() is var document && document.Get("metadata").Text("deletionTimestamp") is null
        && document.Get("status").Get("conditions").Items().Any(condition => condition.Text("type") == "Ready" && condition.Text("status") == "True");
}
