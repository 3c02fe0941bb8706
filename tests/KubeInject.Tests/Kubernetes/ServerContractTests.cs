using System.Reflection;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using Microsoft.Extensions.Time.Testing;
using static KubeInject.Tests.Kubernetes.TestServer;

namespace KubeInject.Tests.Kubernetes;

/// <summary>The rules for requests to an API server; the other classes test the cases of each rule.</summary>
public class ServerContractTests
{
    private const string Canary = "canary-4711-canary";

    private static readonly Dictionary<string, Func<KubeConnection, CancellationToken, Task>> Operations = new()
    {
        ["get by path"] = (connection, cancellationToken) => connection.GetAsync("/api", cancellationToken),
        ["get pod"] = (connection, cancellationToken) => connection.GetPodAsync("a", cancellationToken: cancellationToken),
        ["list pods"] = (connection, cancellationToken) => CollectingProgress.AllAsync(connection.ListPodsAsync(cancellationToken: cancellationToken)),
        ["watch pods"] = (connection, cancellationToken) => CollectingProgress.AllAsync(connection.WatchPodsAsync(cancellationToken: cancellationToken)),
        ["get"] = (connection, cancellationToken) => connection.Objects.GetAsync(KubeResource.Secrets, "a", cancellationToken: cancellationToken),
        ["list"] = (connection, cancellationToken) => CollectingProgress.AllAsync(connection.Objects.ListAsync(KubeResource.Secrets, cancellationToken: cancellationToken)),
        ["list metadata"] = (connection, cancellationToken) => CollectingProgress.AllAsync(connection.Objects.ListMetadataAsync(KubeResource.Secrets, cancellationToken: cancellationToken)),
        ["watch"] = (connection, cancellationToken) => CollectingProgress.AllAsync(connection.Objects.WatchAsync(KubeResource.Secrets, cancellationToken: cancellationToken)),
        ["create"] = (connection, cancellationToken) => connection.Objects.CreateAsync(KubeResource.Secrets, KubeObject.Parse($$"""{"data":{"key":"{{Canary}}"} }"""), cancellationToken: cancellationToken),
        ["patch"] = (connection, cancellationToken) => connection.Objects.PatchAsync(KubeResource.Secrets, "a", KubePatch.Merge($$"""{"data":{"key":"{{Canary}}"} }"""), cancellationToken: cancellationToken),
        ["patch status"] = (connection, cancellationToken) => connection.Objects.PatchStatusAsync(KubeResource.Pods, "a", KubePatch.Json("[]"), cancellationToken: cancellationToken),
        ["delete"] = (connection, cancellationToken) => connection.Objects.DeleteAsync(KubeResource.Secrets, "a", cancellationToken: cancellationToken),
        ["token"] = (connection, cancellationToken) => connection.Objects.CreateTokenAsync("a", cancellationToken: cancellationToken),
        ["access"] = (connection, cancellationToken) => connection.Objects.ReviewAccessAsync(new("get", KubeResource.Pods), cancellationToken),
    };

    public static TheoryData<string> OperationNames => [.. Operations.Keys];

    [Theory]
    [MemberData(nameof(OperationNames))]
    public async Task The_errors_of_the_server_become_one_exception_with_distinct_reasons(string operation)
    {
        (int Code, string Reason)[] errors =
        [
            (401, KubeApiReason.Unauthorized), (403, KubeApiReason.Forbidden), (404, KubeApiReason.NotFound), (409, KubeApiReason.AlreadyExists), (409, KubeApiReason.Conflict),
            (410, KubeApiReason.Expired), (422, KubeApiReason.Invalid), (429, KubeApiReason.TooManyRequests),
        ];
        foreach (var (code, reason) in errors)
        {
            using var api = await FaultyApi.OpenAsync(_ => Response.Error(code, reason, "in words"));
            var error = await Assert.ThrowsAsync<KubeApiException>(() => Operations[operation](api.Connection, CancellationToken.None));
            Assert.Equal((code, reason, "in words"), (error.StatusCode, error.Reason, error.Message));
        }
    }

    [Theory]
    [MemberData(nameof(OperationNames))]
    public async Task Every_request_can_be_canceled(string operation)
    {
        using var cancellation = new CancellationTokenSource();
        using var api = await FaultyApi.OpenAsync(_ =>
        {
            cancellation.Cancel();
            return Response.Json("") with { NeverComes = true };
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Operations[operation](api.Connection, cancellation.Token));
    }

    [Theory]
    [MemberData(nameof(OperationNames))]
    public async Task Every_request_has_a_timeout(string operation)
    {
        var clock = new FakeTimeProvider();
        using var server = new TestServer(TestServer.Kubernetes(_ =>
        {
            clock.Advance(TimeSpan.FromSeconds(30));
            return Response.Json("") with { NeverComes = true };
        }));
        using var connection = await KubeConnection.OpenAsync(
            new ConnectionSettings { Server = server.Http, Timeout = TimeSpan.FromSeconds(30) }, new KubeRetryPolicy { Clock = clock }, CancellationToken.None);
        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => Operations[operation](connection, CancellationToken.None));
        Assert.Equal(KubeConnectionFailure.Timeout, error.Reason);
        Assert.Contains("within 30 s", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(OperationNames))]
    public async Task Tokens_keys_and_passwords_appear_in_no_error_and_no_event(string operation)
    {
        var reported = new List<CompletedRequest>();
        using var server = new TlsServer(TestServer.Kubernetes(request => request.Path.Length % 2 == 0
            ? Response.Error(400, request.Headers["Authorization"], request.Headers["Authorization"])
            : new Response(200, request.Headers["Authorization"], request.Headers["Authorization"])));
        RequestObserver.Current = reported.Add;
        using var connection = await KubeConnection.OpenAsync(server.Settings with { Token = new SensitiveString(Canary) });
        var error = await Assert.ThrowsAnyAsync<Exception>(() => Operations[operation](connection, CancellationToken.None));
        Assert.True(error is KubeApiException or KubeConnectionException);
        Assert.DoesNotContain(Canary, $"{error}{(error as KubeApiException)?.Reason}{string.Concat(reported)}{connection}", StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_keys_and_passwords_appear_in_no_text_or_view_of_an_object()
    {
        var secret = KubeObject.Parse($$"""{"kind":"Secret","metadata":{"name":"a"},"data":{"key":"{{Canary}}"} }""");
        object[] holders =
        [
            new ConnectionSettings { Server = new Uri("https://a"), Token = new SensitiveString(Canary), Password = new SensitiveString(Canary) },
            new ServiceAccountToken(new SensitiveString(Canary), default),
            secret,
            new KubeEvent(KubeEventType.Added, secret),
            KubePatch.Apply(Canary),
            new ApiRequest(HttpMethod.Post, "/") { Body = [.. secret.ToUtf8().Span] },
        ];
        foreach (var holder in holders)
        {
            var view = holder.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public).Select(property => $"{property.GetValue(holder)}");
            Assert.DoesNotContain(Canary, $"{holder}{string.Concat(view)}", StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Disposing_the_connection_fails_current_requests()
    {
        var store = new FakeStore();
        store.Set("a");
        FaultyApi? api = null;
        api = await FaultyApi.OpenAsync(request => FakeStore.IsWatch(request) ? Ended() : store.List(request));
        using (api)
            await Assert.ThrowsAsync<ObjectDisposedException>(() => CollectingProgress.AllAsync(api.Objects.WatchAsync(KubeResource.Pods)));

        Response Ended()
        {
            api!.Connection.Dispose();
            return Response.Json("") with { NeverComes = true };
        }
    }
}
