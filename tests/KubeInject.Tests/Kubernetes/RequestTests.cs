using KubeInject.Http;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using static KubeInject.Tests.Kubernetes.TestServer;

namespace KubeInject.Tests.Kubernetes;

public class RequestTests
{
    [Fact]
    public async Task Requests_have_a_user_agent_and_an_Accept_header()
    {
        using var server = new TlsServer();
        using var connection = await KubeConnection.OpenAsync(server.Settings with { Token = new SensitiveString("abc\n") });
        Assert.All(server.Server.Requests, request =>
        {
            Assert.Equal("Bearer abc", request.Headers["Authorization"]);
            Assert.Equal("application/json", request.Headers["Accept"]);
            Assert.StartsWith("KubeInject/", request.Headers["User-Agent"], StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Username_and_password_are_sent_as_basic_authentication()
    {
        using var server = new TlsServer();
        using var connection = await KubeConnection.OpenAsync(server.Settings with { Username = "me", Password = new SensitiveString("pässword") });
        Assert.Equal("basic", connection.AuthenticationKind);
        Assert.All(server.Server.Requests, request => Assert.Equal("Basic bWU6cMOkc3N3b3Jk", request.Headers["Authorization"]));
    }

    [Fact]
    public async Task A_changed_token_file_is_read_again()
    {
        using var folder = new TestFolder();
        using var server = new TlsServer(TestServer.Kubernetes(_ => Response.Json("{}")));
        var file = folder.Write("token", "first\n");
        using var connection = await KubeConnection.OpenAsync(server.Settings with { TokenFile = file });
        folder.Write("token", "second\n");
        await connection.GetAsync("/x");

        // The file is empty during a replacement, or deleted: the last token is used.
        folder.Write("token", "");
        await connection.GetAsync("/x");
        File.Delete(file);
        await connection.GetAsync("/x");
        Assert.Equal(
            ["Bearer first", "Bearer first", "Bearer second", "Bearer second", "Bearer second"],
            server.Server.Requests.Select(request => request.Headers["Authorization"]));
    }

    [Theory]
    [InlineData(null, "does not exist")]
    [InlineData(" \n", "is empty")]
    public async Task A_token_file_without_a_token_is_an_error_that_names_it(string? text, string message)
    {
        using var folder = new TestFolder();
        var file = Path.Combine(folder.Path, "token");
        if (text is not null)
            folder.Write("token", text);
        var error = await Assert.ThrowsAsync<ConfigurationException>(
            () => KubeConnection.OpenAsync(new ConnectionSettings { Server = new Uri("https://127.0.0.1"), TokenFile = file }));
        Assert.Contains($"{file} {message}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_path_of_the_server_precedes_every_path()
    {
        using var server = new TestServer(request => TestServer.Kubernetes()(request with { Path = request.Path.Replace("/clusters/c1", "", StringComparison.Ordinal) }));
        using var connection = await KubeConnection.OpenAsync(new ConnectionSettings { Server = new Uri(server.Http, "/clusters/c1/") });
        Assert.Equal("/clusters/c1/version", server.Requests[0].Path);
    }

    [Fact]
    public async Task An_observer_sees_every_request_and_no_secret()
    {
        using var server = new TlsServer();
        var seen = new List<CompletedRequest>();
        RequestObserver.Current = seen.Add;
        using var connection = await KubeConnection.OpenAsync(server.Settings with { Token = new SensitiveString("canary") });
        await Assert.ThrowsAsync<KubeApiException>(() => connection.GetAsync("/api/v1/x?a=b"));
        Assert.Equal(
            [("GET", "/version", 200), ("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", 201), ("GET", "/api/v1/x?a=b", 404)],
            seen.Select(request => (request.Method, request.Path, request.StatusCode!.Value)));
        Assert.DoesNotContain("canary", string.Concat(seen), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_observer_sees_a_request_without_a_response()
    {
        using var server = new TestServer(_ => Response.Json("") with { NeverComes = true });
        var seen = new List<CompletedRequest>();
        RequestObserver.Current = seen.Add;
        await Assert.ThrowsAsync<KubeConnectionException>(
            () => KubeConnection.OpenAsync(new ConnectionSettings { Server = server.Http, Timeout = TimeSpan.FromMilliseconds(50) }));
        Assert.Null(Assert.Single(seen).StatusCode);
        Assert.StartsWith("GET /version no response in ", seen[0].ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, KubeApiReason.BadRequest)]
    [InlineData(401, KubeApiReason.Unauthorized)]
    [InlineData(403, KubeApiReason.Forbidden)]
    [InlineData(404, KubeApiReason.NotFound)]
    [InlineData(409, KubeApiReason.Conflict)]
    [InlineData(410, KubeApiReason.Gone)]
    [InlineData(422, KubeApiReason.Invalid)]
    [InlineData(429, KubeApiReason.TooManyRequests)]
    [InlineData(503, KubeApiReason.ServiceUnavailable)]
    [InlineData(418, KubeApiReason.Unknown)]
    public async Task An_error_without_a_Status_gets_its_reason_from_the_code(int status, string reason)
    {
        var error = await ErrorAsync(new Response(status, "text/plain", "canary"));
        Assert.Equal((status, reason), (error.StatusCode, error.Reason));
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Status_becomes_an_exception_with_all_its_fields()
    {
        var error = await ErrorAsync(new Response(422, "application/json", """
            {"kind":"Status","message":"Pod \"a\" is invalid","reason":"Invalid","code":422,"details":{"group":"g","kind":"Pod","name":"a",
             "causes":[{"reason":"FieldValueRequired","message":"Required value","field":"spec.containers"}, {}]}}
            """));
        Assert.Equal(("Pod \"a\" is invalid", "Invalid", 422), (error.Message, error.Reason, error.StatusCode));
        Assert.Equal(new StatusDetails("g", "Pod", "a"), error.Details);
        Assert.Equal([new("FieldValueRequired", "Required value", "spec.containers"), new(null, null, null)], error.Causes);
    }

    [Fact]
    public async Task A_response_that_is_not_JSON_is_not_a_response_of_Kubernetes()
    {
        using var server = new TestServer(TestServer.Kubernetes(_ => new Response(200, "text/html", "<html>log in</html>")));
        using var connection = await KubeConnection.OpenAsync(new ConnectionSettings { Server = server.Http });
        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => connection.GetAsync("/api/v1/x"));
        Assert.Equal(KubeConnectionFailure.NotKubernetes, error.Reason);
    }

    [Fact]
    public async Task A_name_is_escaped_never_empty_and_never_another_endpoint()
    {
        using var server = new TestServer(TestServer.Kubernetes(_ => Response.Json("""{"metadata":{}}""")));
        using var connection = await KubeConnection.OpenAsync(new ConnectionSettings { Server = server.Http, Namespace = "shop" });
        await connection.GetPodAsync("b?c");
        Assert.Equal("/api/v1/namespaces/shop/pods/b%3Fc", server.Requests[^1].Path);
        var requests = server.Requests.Count;
        foreach (var name in new[] { "a/../b?c", "a/log", "a%2Flog", ".", ".." })
        {
            Assert.Equal(KubeApiReason.BadRequest, (await Assert.ThrowsAsync<KubeApiException>(() => connection.GetPodAsync(name))).Reason);
            Assert.Equal(KubeApiReason.BadRequest, (await Assert.ThrowsAsync<KubeApiException>(() => connection.GetPodAsync("a", name))).Reason);
        }

        Assert.Equal(requests, server.Requests.Count);
        await Assert.ThrowsAsync<ArgumentException>(() => connection.GetPodAsync(" "));
        await Assert.ThrowsAsync<ArgumentException>(() => connection.GetAsync("version"));
    }

    private static async Task<KubeApiException> ErrorAsync(Response response)
    {
        using var server = new TestServer(TestServer.Kubernetes(_ => response));
        using var connection = await KubeConnection.OpenAsync(new ConnectionSettings { Server = server.Http });
        return await Assert.ThrowsAsync<KubeApiException>(() => connection.GetPodAsync("a"));
    }
}
