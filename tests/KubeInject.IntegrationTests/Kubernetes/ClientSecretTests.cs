using System.Net;
using System.Text;
using k8s;
using k8s.Autorest;
using k8s.Models;
using KubeInject.Client;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;

namespace KubeInject.IntegrationTests.Kubernetes;

/// <summary>No exception of the official client contains the credential or the body of the request.</summary>
public class ClientSecretTests
{
    private const string Canary = "canary-4711";

    /// <summary>Requests that the server rejects, each with a secret in its body, and the status code if all versions use the same one.</summary>
    private static readonly Dictionary<string, (HttpStatusCode? Status, Func<IKubernetes, string, Task> SendAsync)> Refused = new()
    {
        ["an invalid name"] = (HttpStatusCode.UnprocessableEntity, (client, @namespace) => client.CoreV1.CreateNamespacedSecretAsync(Secret("Not_A_Name"), @namespace)),
        ["data that is invalid for its type"] = (HttpStatusCode.UnprocessableEntity, (client, @namespace) => client.CoreV1.CreateNamespacedSecretAsync(Secret("b", "kubernetes.io/tls"), @namespace)),
        ["an invalid Docker configuration"] = (HttpStatusCode.UnprocessableEntity, (client, @namespace) => client.CoreV1.CreateNamespacedSecretAsync(
            Secret("b", "kubernetes.io/dockerconfigjson", ".dockerconfigjson"), @namespace)),
        ["a Secret that exists"] = (HttpStatusCode.Conflict, (client, @namespace) => client.CoreV1.CreateNamespacedSecretAsync(Secret("a"), @namespace)),
        ["an old version"] = (HttpStatusCode.Conflict, (client, @namespace) => client.CoreV1.ReplaceNamespacedSecretAsync(Secret("a", version: "1"), "a", @namespace)),
        ["a change of an immutable field"] = (HttpStatusCode.UnprocessableEntity, (client, @namespace) => client.CoreV1.ReplaceNamespacedSecretAsync(Secret("fixed"), "fixed", @namespace)),
        ["no base64"] = (HttpStatusCode.BadRequest, (client, @namespace) => client.CustomObjects.CreateNamespacedCustomObjectAsync(
            new { metadata = new { name = "b" }, data = new { password = Canary } }, "", "v1", @namespace, "secrets")),
        ["a patch that is not base64"] = (HttpStatusCode.UnprocessableEntity, PatchAsync(V1Patch.PatchType.MergePatch, $$$"""{"data":{"password":"{{{Canary}}}"}}""")),
        ["a patch that is not text"] = (HttpStatusCode.UnprocessableEntity, PatchAsync(V1Patch.PatchType.MergePatch, $$$"""{"stringData":{"password":["{{{Canary}}}"]}}""")),
        ["a strategic patch that is not base64"] = (HttpStatusCode.UnprocessableEntity, PatchAsync(V1Patch.PatchType.StrategicMergePatch, $$$"""{"data":{"password":"{{{Canary}}} \"x"}}""")),
        ["a strategic patch that is not text"] = (HttpStatusCode.UnprocessableEntity, PatchAsync(V1Patch.PatchType.StrategicMergePatch, $$$"""{"stringData":{"password":["{{{Canary}}}"]}}""")),
        ["a JSON patch that is not base64"] = (HttpStatusCode.UnprocessableEntity, PatchAsync(V1Patch.PatchType.JsonPatch, $$$"""[{"op":"add","path":"/data","value":{"password":"{{{Canary}}}"}}]""")),
        ["an apply patch that is not text"] = (null, PatchAsync(
            V1Patch.PatchType.ApplyPatch, $$$"""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"stringData":{"password":["{{{Canary}}}"]}}""")),
        ["a token for a missing account"] = (HttpStatusCode.NotFound, (client, @namespace) => client.CoreV1.CreateNamespacedServiceAccountTokenAsync(Request(600), "none", @namespace)),
        ["a token with a duration that is too short"] = (HttpStatusCode.UnprocessableEntity, (client, @namespace) => client.CoreV1.CreateNamespacedServiceAccountTokenAsync(Request(1), "one", @namespace)),
    };

    public static TheoryData<string> Names => [.. Refused.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_error_of_the_server_contains_no_token_and_no_body(string name)
    {
        var @namespace = await TestCluster.CreateNamespaceAsync();
        using var connection = await TestCluster.OpenAsync();
        await connection.Client.CoreV1.CreateNamespacedSecretAsync(new V1Secret { Metadata = new() { Name = "a" } }, @namespace);
        await connection.Client.CoreV1.CreateNamespacedSecretAsync(new V1Secret { Metadata = new() { Name = "fixed" }, Immutable = true }, @namespace);
        await connection.Client.CoreV1.CreateNamespacedServiceAccountAsync(new V1ServiceAccount { Metadata = new() { Name = "one" } }, @namespace);

        var error = await Assert.ThrowsAsync<HttpOperationException>(() => Refused[name].SendAsync(connection.Client, @namespace));

        Assert.Equal(Refused[name].Status ?? error.Response.StatusCode, error.Response.StatusCode);
        Assert.Contains("\"kind\":\"Status\"", error.Response.Content, StringComparison.Ordinal);
        AssertHides(error, TestCluster.AdminToken);
    }

    [Fact]
    public async Task A_forbidden_request_reports_neither_the_token_nor_the_body()
    {
        using var connection = await TestCluster.OpenAsync("viewer");
        foreach (var send in new Func<Task>[]
        {
            () => connection.Client.CoreV1.CreateNamespacedSecretAsync(Secret("a"), "default"),
            () => connection.Client.CoreV1.CreateNamespacedServiceAccountTokenAsync(Request(600), "default", "default"),
        })
        {
            var error = await Assert.ThrowsAsync<HttpOperationException>(send);
            Assert.Equal(HttpStatusCode.Forbidden, error.Response.StatusCode);
            AssertHides(error, TestCluster.ViewerToken);
        }
    }

    [Theory]
    [InlineData("token")]
    [InlineData("password")]
    [InlineData("plugin")]
    public async Task An_unauthorized_request_does_not_report_the_credential(string kind)
    {
        using var script = new PluginScript(PluginScript.Token(new SensitiveString(Canary)));
        var settings = kind switch
        {
            "token" => ConnectionSettings.FromToken(TestCluster.Server, new SensitiveString(Canary), TestCluster.Authority),
            "password" => ConnectionSettings.FromPassword(TestCluster.Server, "someuser", new SensitiveString(Canary), TestCluster.Authority),
            _ => script.Settings,
        };
        using var connection = new KubeConnection(settings, KubeRetryPolicy.Default);
        var error = await Assert.ThrowsAsync<HttpOperationException>(() => connection.Client.CoreV1.CreateNamespacedSecretAsync(Secret("a"), "default"));
        Assert.Equal(kind == "password" ? HttpStatusCode.Forbidden : HttpStatusCode.Unauthorized, error.Response.StatusCode);
        AssertHides(error, new SensitiveString(Canary));
        AssertHides(error, new SensitiveString(Convert.ToBase64String(Encoding.UTF8.GetBytes($"someuser:{Canary}"))));
    }

    /// <summary>A server, or a proxy before it, returns the request, in a separate format or in that of an API server.</summary>
    [Theory]
    [InlineData("canary-4711-token", "all of it", "ECHO")]
    [InlineData("canary-4711-token", "a message", """{"kind":"Status","message":"ECHO"}""")]
    [InlineData("canary-4711-token", "a cause", """{"kind":"Status","details":{"causes":[{"message":"ECHO"}]}}""")]
    [InlineData("canary+4711/token=", "a cause", """{"kind":"Status","details":{"causes":[{"message":"ECHO"}]}}""")]
    [InlineData("canary+4711/token=", "a name", """{"kind":"Status","ECHO":"x"}""")]
    public async Task A_credential_that_the_server_echoes_is_in_no_exception(string token, string where, string body)
    {
        using var proxy = new FaultProxy(request => new FaultProxy.Fault
        {
            Status = 400,
            Body = body.Replace("ECHO", request.Headers["Authorization"], StringComparison.Ordinal),
            Headers = [$"X-Echo: {request.Headers["Authorization"]}"],
        });
        using var connection = new KubeConnection(ConnectionSettings.FromToken(proxy.Server, new SensitiveString(token), TestCluster.Authority), KubeRetryPolicy.Default);
        Func<Task>[] requests =
        [
            () => connection.Client.CoreV1.CreateNamespacedSecretAsync(Secret("a"), "default"),
            () => connection.Client.WebSocketNamespacedPodExecAsync("a", "default", ["true"]),
        ];
        foreach (var request in requests)
        {
            var error = await Assert.ThrowsAsync<HttpOperationException>(request);
            Assert.Equal((HttpStatusCode.BadRequest, where != "all of it"), (error.Response.StatusCode, error.Response.Content.Length > 0));
            AssertHides(error, new SensitiveString(token));
        }
    }

    [Fact]
    public async Task A_credential_that_a_caller_adds_is_not_sent_and_is_in_no_exception()
    {
        using var connection = await TestCluster.OpenAsync("viewer");
        const string Header = $"Bearer {Canary}";
        Func<Task>[] requests =
        [
            () => connection.Client.CoreV1.ListNodeWithHttpMessagesAsync(customHeaders: new Dictionary<string, IReadOnlyList<string>> { ["authorization"] = [Header] }),
            () => connection.Client.WebSocketNamespacedPodExecAsync("a", "default", ["true"], customHeaders: new() { ["authorization"] = [Header] }),
        ];
        foreach (var request in requests)
        {
            var error = await Assert.ThrowsAsync<HttpOperationException>(request);
            Assert.Contains($"User \\\"{Identity.Viewer}\\\"", error.Response.Content, StringComparison.Ordinal);
            AssertHides(error, TestCluster.ViewerToken);
        }
    }

    private static void AssertHides(Exception error, SensitiveString credential)
    {
        string[] secrets = [credential.Reveal(), Canary, Convert.ToBase64String(Encoding.UTF8.GetBytes(Canary)), credential.Reveal().Replace("+", "\\u002B", StringComparison.Ordinal)];
        foreach (var text in PublicTexts.Of(error))
        {
            Assert.DoesNotContain("Bearer c", text, StringComparison.OrdinalIgnoreCase);
            Assert.All(secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
        }

        if (error is HttpOperationException operation)
            Assert.DoesNotContain("Authorization", operation.Request.Headers.Keys, StringComparer.OrdinalIgnoreCase);
    }

    private static Func<IKubernetes, string, Task> PatchAsync(V1Patch.PatchType type, string body) => (client, @namespace) =>
        client.CoreV1.PatchNamespacedSecretAsync(new V1Patch(body, type), "a", @namespace, fieldManager: "test");

    private static V1Secret Secret(string name, string? type = null, string key = "password", string? version = null) => new()
    {
        Metadata = new() { Name = name, ResourceVersion = version },
        Type = type,
        Data = new Dictionary<string, byte[]> { [key] = Encoding.UTF8.GetBytes(Canary) },
        StringData = new Dictionary<string, string> { ["other"] = Canary },
    };

    private static Authenticationv1TokenRequest Request(long seconds) => new() { Spec = new() { Audiences = [Canary], ExpirationSeconds = seconds } };
}
