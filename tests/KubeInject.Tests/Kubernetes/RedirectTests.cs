using KubeInject.Credentials;
using KubeInject.Credentials.Vault;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Kubernetes.Transport;
using static KubeInject.Tests.Kubernetes.TestServer;

namespace KubeInject.Tests.Kubernetes;

/// <summary>No client follows a redirect, so no credential is sent to its target; the error names the target and a remedy.</summary>
public sealed class RedirectTests
{
    private const string Token = "canary-token-4711";

    private static readonly Dictionary<string, Func<KubeConnection, Task>> Requests = new()
    {
        ["get"] = connection => connection.Objects.GetAsync(KubeResource.Secrets, "a"),
        ["get by path"] = connection => connection.GetAsync("/api"),
        ["list"] = connection => CollectingProgress.AllAsync(connection.Objects.ListAsync(KubeResource.Secrets)),
        ["list metadata"] = connection => CollectingProgress.AllAsync(connection.Objects.ListMetadataAsync(KubeResource.Secrets)),
        ["watch"] = connection => CollectingProgress.AllAsync(connection.Objects.WatchAsync(KubeResource.Secrets)),
        ["create"] = connection => connection.Objects.CreateAsync(KubeResource.Secrets, KubeObject.Parse("{}")),
        ["patch"] = connection => connection.Objects.PatchAsync(KubeResource.Secrets, "a", KubePatch.Json("[]")),
        ["delete"] = connection => connection.Objects.DeleteAsync(KubeResource.Secrets, "a"),
        ["token"] = connection => connection.Objects.CreateTokenAsync("a"),
        ["access"] = connection => connection.Objects.ReviewAccessAsync(new("get", KubeResource.Pods)),
    };

    public static TheoryData<int> Statuses => [300, 301, 302, 303, 305, 307, 308];

    public static TheoryData<string, int> RequestsAndStatuses
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var name in Requests.Keys)
            {
                foreach (var status in new[] { 302, 307, 308 })
                    data.Add(name, status);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(RequestsAndStatuses))]
    public async Task A_request_to_an_API_server_does_not_follow_a_redirect(string name, int status)
    {
        using var elsewhere = new TlsServer(TestServer.Kubernetes());
        using var server = new TlsServer(TestServer.Kubernetes(request => To(status, new Uri(elsewhere.Server.Https, request.Path))));
        using var connection = await KubeConnection.OpenAsync(server.Settings with { Token = new SensitiveString(Token) });

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => Requests[name](connection));

        Assert.Equal(KubeConnectionFailure.NotKubernetes, error.Reason);
        Assert.StartsWith($"The server at {server.Server.Https} does not respond like a Kubernetes API server: it redirects {server.Server.Requests[^1].Path} to {elsewhere.Server.Https}", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Redirects are not followed, because they could send the credential to another server. Use the address of the API server itself.", error.Message, StringComparison.Ordinal);
        Assert.Empty(elsewhere.Server.Requests);
    }

    [Theory]
    [MemberData(nameof(Statuses))]
    public async Task Opening_a_connection_does_not_follow_a_redirect(int status)
    {
        using var elsewhere = new TlsServer(TestServer.Kubernetes());
        using var server = new TlsServer(_ => To(status, new Uri(elsewhere.Server.Https, "login")));

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => KubeConnection.OpenAsync(server.Settings with { Token = new SensitiveString(Token) }));

        Assert.Contains($"it redirects /version to {elsewhere.Server.Https}login. Redirects are not followed", error.Message, StringComparison.Ordinal);
        Assert.Empty(elsewhere.Server.Requests);
    }

    [Theory]
    [MemberData(nameof(Statuses))]
    public async Task A_request_to_Vault_does_not_follow_a_redirect_even_to_the_same_host(int status)
    {
        foreach (var isRepeatable in new[] { true, false })
        {
            using var elsewhere = new TestServer(_ => Response.Json("""{"data":{}}"""));
            using var server = new TestServer(request => To(status, new Uri(elsewhere.Http, request.Path)));
            using var vault = new VaultClient(new VaultSettings { Address = server.Http }, VaultLogin.Token(new SensitiveString(Token)));

            var error = await Assert.ThrowsAsync<CredentialException>(() => vault.SendAndEnsureSuccessAsync(VaultRequest.Get("databases/creds/orders") with { IsRepeatable = isRepeatable }, CancellationToken.None));

            Assert.Equal(CredentialFailure.Unavailable, error.Reason);
            Assert.Equal(
                $"Vault at {server.Http} redirects GET databases/creds/orders to {elsewhere.Http}v1/databases/creds/orders. Redirects are not followed, so that no token is sent to another server. Specify the address of the active server, or of a load balancer for it (VAULT_ADDR).",
                error.Message);
            Assert.Empty(elsewhere.Requests);
            Assert.Single(server.Requests);
        }
    }

    [Fact]
    public async Task A_login_to_Vault_does_not_follow_a_redirect()
    {
        using var elsewhere = new TestServer(_ => Response.Json("""{"auth":{"client_token":"s.other"}}"""));
        using var server = new TestServer(request => To(307, new Uri(elsewhere.Http, request.Path)));
        using var vault = new VaultClient(new VaultSettings { Address = server.Http }, VaultLogin.AppRole("role", new SensitiveString("canary-secret-id")));

        await Assert.ThrowsAsync<CredentialException>(() => vault.SendAndEnsureSuccessAsync(VaultRequest.Get("sys/health"), CancellationToken.None));

        Assert.Empty(elsewhere.Requests);
    }

    [Theory]
    [InlineData("https://me:canary-password@login.test/start?token=canary#canary", "https://login.test/start")]
    [InlineData("https://login.test/canary-token-4711/x", "https://login.test/********/x")]
    [InlineData("https://canary-token-4711.login.test/", "https://********.login.test/")]
    [InlineData("//login.test:8443/a b", "http://login.test:8443/a%20b")]
    [InlineData("/login?back=canary", "{server}login")]
    [InlineData("login", "{server}api/v1/namespaces/shop/pods/login")]
    [InlineData("https://login.test/\u001b[31m\u202e", "https://login.test/%1B[31m%E2%80%AE")]
    [InlineData("http://[", "an address that cannot be read")]
    [InlineData("javascript:alert(1)", "an address that cannot be read")]
    public async Task The_target_of_a_redirect_is_named_without_secrets(string location, string shown)
    {
        var server = new TestServer(TestServer.Kubernetes(_ => To(302, location)));
        using var end = server;
        using var channel = new ApiChannel(new ConnectionSettings { Server = server.Http, Proxy = null, Username = null });
        var credential = new ConnectionSettings { Server = server.Https, Token = new SensitiveString(Token) };
        var failures = new ApiFailures(credential, new RequestCredential(credential), new ServerTrust(credential.ToTransport()));

        var response = await channel.SendAsync(ApiRequest.Get("/api/v1/namespaces/shop/pods/a"), CancellationToken.None);
        var message = failures.FromError(response).Message;

        Assert.Contains($" to {shown.Replace("{server}", $"{server.Http}", StringComparison.Ordinal)}. Redirects are not followed", message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(304)]
    [InlineData(302)]
    public async Task A_redirect_without_a_target_is_also_rejected(int status)
    {
        using var api = await FaultyApi.OpenAsync(new Response(status, "text/html", ""));
        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => api.Objects.GetAsync(KubeResource.Pods, "a"));
        Assert.Contains($"it redirects /api/v1/namespaces/shop/pods/a ({status}). Redirects are not followed", error.Message, StringComparison.Ordinal);
    }

    private static Response To(int status, Uri location) => To(status, location.OriginalString);

    private static Response To(int status, string location) => new(status, "text/html", "") { Headers = [$"Location: {location}"] };
}
