using System.Net;
using System.Net.WebSockets;
using k8s;
using k8s.Autorest;
using k8s.Models;
using KubeInject.Client;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using KubeInject.Testing;

namespace KubeInject.IntegrationTests.Kubernetes;

/// <summary>Exec, attach and port-forward of the official client. There is no kubelet, so the API server rejects them.</summary>
public sealed class ClientStreamTests : IDisposable
{
    private const string Pod = "app";

    private readonly TestProxy proxy = new();

    public static TheoryData<string, bool> OperationsAndWays
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (var operation in new[] { "exec", "attach", "port-forward" })
            {
                data.Add(operation, false);
                data.Add(operation, true);
            }

            return data;
        }
    }

    public void Dispose() => proxy.Dispose();

    [Theory]
    [MemberData(nameof(OperationsAndWays))]
    public async Task An_error_of_the_server_has_its_status_and_message(string operation, bool isByProxy)
    {
        var settings = TestCluster.Context("admin");
        var error = await RefusalAsync(isByProxy ? settings with { Proxy = ByProxy } : settings, operation);
        AssertNoHost(error);
        Assert.Equal(isByProxy ? [TestCluster.Server.Authority] : [], proxy.Targets.Distinct());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_certificate_authenticates_a_WebSocket(bool isByProxy)
    {
        var settings = TestCluster.Context("certificate");
        AssertNoHost(await RefusalAsync(isByProxy ? settings with { Proxy = ByProxy } : settings, "exec"));
    }

    [Fact]
    public async Task A_user_who_may_not_exec_is_named_in_the_error()
    {
        var error = await RefusalAsync(TestCluster.Context("viewer"), "exec");
        Assert.Equal(HttpStatusCode.Forbidden, error.Response.StatusCode);
        Assert.Contains("User \"kubeinject-viewer\" cannot ", Assert.IsType<V1Status>(error.Body).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_impersonated_user_opens_the_WebSocket()
    {
        var error = await RefusalAsync(TestCluster.Context("admin") with { Impersonation = new Impersonation { User = "jane", Groups = ["one", "two"] } }, "exec");
        Assert.Contains("User \"jane\" cannot ", Assert.IsType<V1Status>(error.Body).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_credential_of_a_plugin_is_renewed_after_a_401(bool isByProxy)
    {
        using var script = new PluginScript($"if [ $run = 1 ]; then {PluginScript.Token(new SensitiveString("canary-wrong-token"))}; else {PluginScript.Token(TestCluster.AdminToken)}; fi");
        AssertNoHost(await RefusalAsync(isByProxy ? script.Settings with { Proxy = ByProxy } : script.Settings, "exec"));
        Assert.Equal(2, script.Runs);
    }

    [Fact]
    public async Task A_certificate_of_a_plugin_is_renewed_after_a_401()
    {
        using var script = new PluginScript($"if [ $run = 1 ]; then {PluginScript.Token(new SensitiveString("canary-wrong-token"))}; else {PluginScript.Certificate(ClientCredentials.Ec("jane"))}; fi");
        var error = await RefusalAsync(script.Settings, "exec");
        Assert.Contains("User \"jane\" cannot ", Assert.IsType<V1Status>(error.Body).Message, StringComparison.Ordinal);
        Assert.Equal(2, script.Runs);
    }

    [Fact]
    public async Task A_plugin_that_always_returns_the_same_credential_is_retried_once()
    {
        using var script = new PluginScript(PluginScript.Token(new SensitiveString("canary-wrong-token")));
        var error = await RefusalAsync(script.Settings, "exec");
        Assert.Equal((HttpStatusCode.Unauthorized, 2), (error.Response.StatusCode, script.Runs));
        Assert.DoesNotContain("canary", string.Join('\n', PublicTexts.Of(error)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_in_a_pod_that_is_not_running_fails_with_the_message_of_the_server()
    {
        var @namespace = await PodAsync();
        using var connection = await TestCluster.OpenAsync();
        var error = await Assert.ThrowsAsync<KubernetesException>(
            () => connection.Client.NamespacedPodExecAsync(Pod, @namespace, "app", ["true"], false, (_, _, _) => Task.CompletedTask, CancellationToken.None));
        Assert.Contains("does not have a host assigned", error.Status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_untrusted_certificate_opens_no_WebSocket()
    {
        var error = await Assert.ThrowsAsync<KubeConnectionException>(
            () => OpenAsync(TestCluster.Context("admin") with { CertificateAuthority = CertificateAuthority.FromFile(TestCluster.FilePath("other-ca.crt")) }, "exec", "default"));
        Assert.Equal(KubeConnectionFailure.UntrustedCertificate, error.Reason);
    }

    private ProxyAddress ByProxy => ProxyAddress.FromUri(new Uri($"http://127.0.0.1:{proxy.Port}"));

    private static void AssertNoHost(HttpOperationException error)
    {
        var status = Assert.IsType<V1Status>(error.Body);
        Assert.Equal(((int)error.Response.StatusCode, "Failure"), (status.Code!.Value, status.Status));
        Assert.Contains("does not have a host assigned", status.Message, StringComparison.Ordinal);
        Assert.Contains("does not have a host assigned", error.Message, StringComparison.Ordinal);
    }

    private static async Task<HttpOperationException> RefusalAsync(ConnectionSettings settings, string operation)
    {
        var @namespace = await PodAsync();
        return await Assert.ThrowsAsync<HttpOperationException>(() => OpenAsync(settings, operation, @namespace));
    }

    private static async Task<WebSocket> OpenAsync(ConnectionSettings settings, string operation, string @namespace)
    {
        using var connection = new KubeConnection(settings, KubeRetryPolicy.Default);
        return operation switch
        {
            "exec" => await connection.Client.WebSocketNamespacedPodExecAsync(Pod, @namespace, ["true"], "app"),
            "attach" => await connection.Client.WebSocketNamespacedPodAttachAsync(Pod, @namespace, "app"),
            _ => await connection.Client.WebSocketNamespacedPodPortForwardAsync(Pod, @namespace, [8080], WebSocketProtocol.V4BinaryWebsocketProtocol),
        };
    }

    private static async Task<string> PodAsync()
    {
        var @namespace = await TestCluster.CreateNamespaceAsync();
        await TestCluster.CreatePodAsync(@namespace, Pod);
        return @namespace;
    }
}
