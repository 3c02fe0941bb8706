using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Kubernetes.Transport;
using Microsoft.Extensions.Time.Testing;
using static KubeInject.Tests.Kubernetes.TestServer;

namespace KubeInject.Tests.Kubernetes;

/// <summary>Requests of every kind, and the limits of their responses.</summary>
internal static class ResponseLimitFixture
{
    public const string ListPath = "/api/v1/namespaces/shop/pods";
    public const string Remedy = "List fewer objects at a time (specify a namespace or a selector), or check which server responds at this address.";

    public static readonly Dictionary<string, Func<KubeConnection, Task>> Lists = new()
    {
        ["list"] = connection => CollectingProgress.AllAsync(connection.Objects.ListAsync(KubeResource.Pods, new KubeQuery { PageSize = 8 })),
        ["list pods"] = connection => CollectingProgress.AllAsync(connection.ListPodsAsync(new KubeQuery { PageSize = 8 })),
        ["list metadata"] = connection => CollectingProgress.AllAsync(connection.Objects.ListMetadataAsync(KubeResource.Pods, new KubeQuery { PageSize = 8 })),
        ["watch"] = connection => CollectingProgress.AllAsync(connection.Objects.WatchAsync(KubeResource.Pods, new KubeQuery { PageSize = 8 })),
    };

    public static TheoryData<string> ListNames => [.. Lists.Keys];

    public static void AssertLimit(FaultyApi api, KubeConnectionException error, string limit)
    {
        Assert.Equal(KubeConnectionFailure.LimitExceeded, error.Reason);
        Assert.StartsWith($"{api.Connection.Server} exceeds a limit in its response to {ListPath}", error.Message, StringComparison.Ordinal);
        Assert.Contains($": {limit}", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(Remedy, error.Message, StringComparison.Ordinal);
    }

    public static Task<FaultyApi> OpenAsync(Func<Request, Response> answer, ResponseLimits limits) =>
        FaultyApi.OpenAsync(answer, new ImmediateTimeProvider().Policy with { Limits = limits });

    public static Response Page(string? next, params string[] names)
    {
        var items = names.Select(name => $$$"""{"metadata":{"name":"{{{name}}}","uid":"uid-of-{{{name}}}","resourceVersion":"7"}}""");
        return Response.Json($$$"""{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7","continue":"{{{next}}}"},"items":[{{{string.Join(',', items)}}}]}""");
    }

    public static ApiStream Open(FakeTimeProvider clock, Stream stream, ResponseLimits? limits = null)
    {
        var settings = new ConnectionSettings { Server = new Uri("https://10.0.0.1") };
        var failures = new ApiFailures(settings, new RequestCredential(settings), new ServerTrust(settings.ToTransport()));
        return new ApiStream(stream, null, ApiRequest.Get(ListPath), settings.Timeout, failures, new KubeRetryPolicy { Clock = clock, Limits = limits ?? ResponseLimits.Default }, CancellationToken.None);
    }

    public static async Task<long> ReadAllAsync(ApiStream answer, Action? between = null)
    {
        var (buffer, sum) = (new byte[64 * 1024], 0L);
        while (await answer.ReadAsync(buffer, CancellationToken.None) is > 0 and var count)
        {
            sum += count;
            between?.Invoke();
        }

        return sum;
    }
}
