using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using static KubeInject.Tests.Kubernetes.TestServer;

namespace KubeInject.Tests.Kubernetes;

/// <summary>
/// The server's Status object becomes one typed exception; a response that is not from an API server becomes another one. Neither
/// contains tokens, keys or passwords.
/// </summary>
public class ErrorTests
{
    public static TheoryData<string> NoDocuments => ["", "{\"metadata\":{\"name\":\"a\",", "<html>log in</html>", "[]", "null", "7", "{}{}", "\u0000", "{\"a\":1"];

    [Theory]
    [MemberData(nameof(NoDocuments))]
    public async Task A_body_that_is_not_a_document_is_not_a_response_of_Kubernetes(string body)
    {
        using var api = await FaultyApi.OpenAsync(_ => new Response(200, "text/html", body));
        Func<Task>[] operations =
        [
            () => api.Objects.GetAsync(KubeResource.Pods, "a"),
            () => api.Connection.GetPodAsync("a"),
            () => CollectingProgress.AllAsync(api.Objects.ListAsync(KubeResource.Pods)),
            () => CollectingProgress.AllAsync(api.Objects.ListMetadataAsync(KubeResource.Pods)),
            () => CollectingProgress.AllAsync(api.Objects.WatchAsync(KubeResource.Pods)),
            () => api.Objects.CreateAsync(KubeResource.Pods, KubeObject.Parse("{}")),
            () => api.Objects.PatchAsync(KubeResource.Pods, "a", KubePatch.Merge("{}")),
            () => api.Objects.CreateTokenAsync("a"),
            () => api.Objects.ReviewAccessAsync(new("get", KubeResource.Pods)),
        ];
        foreach (var operation in operations)
        {
            var error = await Assert.ThrowsAsync<KubeConnectionException>(operation);
            Assert.Equal(KubeConnectionFailure.NotKubernetes, error.Reason);
            Assert.DoesNotContain("log in", error.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"kind":"Status","code":409,"reason":"Con""")]
    [InlineData("<html>conflict</html>")]
    [InlineData("")]
    [InlineData("[1]")]
    public async Task An_error_without_a_Status_body_is_classified_by_its_code(string body)
    {
        using var api = await FaultyApi.OpenAsync(new Response(409, "application/json", body));
        var error = await Assert.ThrowsAsync<KubeApiException>(() => api.Objects.GetAsync(KubeResource.Pods, "a"));
        Assert.Equal((409, KubeApiReason.Conflict, "The server answered 409 without a reason."), (error.StatusCode, error.Reason, error.Message));
    }

    [Fact]
    public async Task An_encoded_token_that_the_server_echoes_is_masked()
    {
        using var server = new TlsServer(TestServer.Kubernetes(_ => Response.Error(400, "BadRequest", "Bearer \\u0063anary-token-4711")));
        using var connection = await KubeConnection.OpenAsync(server.Settings with { Token = new SensitiveString("canary-token-4711") });
        var error = await Assert.ThrowsAsync<KubeApiException>(() => connection.Objects.GetAsync(KubeResource.Pods, "a"));
        Assert.Equal("Bearer ********", error.Message);
    }

    [Theory]
    [InlineData(
        """Secret in version \"v1\" cannot be handled as a Secret: v1.Secret.Data: base64Codec: invalid input, error found in #10 byte of ...|canary|..., bigger context ...|canary|...""",
        "Secret in version \"v1\" cannot be handled as a Secret: v1.Secret.Data: base64Codec: invalid input")]
    [InlineData(
        """ \"\" is invalid: patch: Invalid value: \"{\\\"data\\\":{\\\"password\\\":\\\"canary\\\"}}\": v1.Secret.Data: base64Codec: invalid input, error found in #10 byte of ...|canary|...""",
        "\"\" is invalid: patch: Invalid value: ********: v1.Secret.Data: base64Codec: invalid input")]
    [InlineData(
        """ \"\" is invalid: patch: Invalid value: \"map[data:map[password:canary]]\": error decoding from json: illegal base64 data at input byte 6""",
        "\"\" is invalid: patch: Invalid value: ********: error decoding from json: illegal base64 data at input byte 6")]
    [InlineData(
        """failed to create typed patch object: .data: expected map, got &{canary}""",
        "failed to create typed patch object: .data: expected map")]
    [InlineData(
        """Secret \"A\" is invalid: metadata.name: Invalid value: \"A\": a name consists of lower case characters""",
        "Secret \"A\" is invalid: metadata.name: Invalid value: \"A\": a name consists of lower case characters")]
    public async Task Object_content_that_the_server_quotes_is_removed(string message, string shown)
    {
        using var api = await FaultyApi.OpenAsync(Response.Error(400, "BadRequest", message));
        var error = await Assert.ThrowsAsync<KubeApiException>(() => api.Objects.CreateAsync(KubeResource.Secrets, KubeObject.Parse("{}")));
        Assert.Equal(shown, error.Message);
    }

    [Theory]
    [InlineData("HTTP/1.1 canary\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\ncanary canary\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}canary\r\n0\r\n\r\n")]
    [InlineData("canary")]
    public async Task A_response_that_is_not_HTTP_is_not_quoted(string raw)
    {
        using var api = await FaultyApi.OpenAsync(Response.Json("") with { Raw = System.Text.Encoding.ASCII.GetBytes(raw), CutAfter = int.MaxValue });
        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => api.Objects.CreateAsync(KubeResource.Pods, KubeObject.Parse("{}")));
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
    }
}
