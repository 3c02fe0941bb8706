using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using KubeInject.Admission;
using KubeInject.Annotations;
using KubeInject.Certificates;
using KubeInject.Injector.Serve;
using KubeInject.Injector.Settings;
using KubeInject.Testing;
using KubeInject.Tests.Admission;
using KubeInject.Tests.Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace KubeInject.Tests.Injector.Serve;

/// <summary>The endpoints of the server, and how it stops.</summary>
public sealed partial class WebhookServerTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan UntilUnlisted = TimeSpan.FromSeconds(3);

    private readonly CertificateFiles files = new();
    private readonly FakeTimeProvider time = new();
    private readonly HttpClient client = new(new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true });
    private WebhookServer server = null!;

    private Uri Webhook => server.Addresses[0];

    private Uri Health => server.Addresses[1];

    public async Task InitializeAsync() => server = await WebhookServer.StartAsync(Options(), null, CancellationToken.None, time);

    public async Task DisposeAsync() => await server.DisposeAsync();

    public void Dispose()
    {
        client.Dispose();
        files.Dispose();
    }

    [Fact]
    public async Task A_request_to_the_webhook_is_answered_over_TLS()
    {
        var response = await MutateAsync(AdmissionFixture.Review(AdmissionFixture.Pod(("orders.role", "rw"))).ToJsonString());

        Assert.Equal((HttpStatusCode.OK, "application/json"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        Assert.Contains("\"patchType\":\"JSONPatch\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_request_that_is_too_large_is_invalid_also_without_a_length(int version)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Webhook, "/mutate"))
        {
            Version = new Version(version, version == 1 ? 1 : 0),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StreamContent(new MemoryStream(new byte[AdmissionReview.MaximumLength + 1])),
        };
        request.Headers.TransferEncodingChunked = version == 1;

        var response = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("The request is larger than 8 MiB.\n", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("GET", true, "/mutate", 405)]
    [InlineData("POST", false, "/mutate", 404)]
    [InlineData("GET", true, "/metrics", 404)]
    [InlineData("GET", false, "/", 404)]
    [InlineData("GET", false, "/livez", 200)]
    [InlineData("GET", false, "/readyz", 200)]
    public async Task Each_endpoint_has_one_address(string method, bool isWebhook, string path, int status)
    {
        var response = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), new Uri(isWebhook ? Webhook : Health, path)));

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Each_result_is_counted_once()
    {
        var pod = AdmissionFixture.Pod(("orders.role", "rw"));
        await MutateAsync(AdmissionFixture.Review(pod).ToJsonString());
        await MutateAsync(AdmissionFixture.Review(AdmissionFixture.Pod(("orders.mode", "x"))).ToJsonString());
        await MutateAsync(AdmissionFixture.Review(AdmissionFixture.Pod()).ToJsonString());
        await MutateAsync("{}");

        var metrics = await GetAsync("/metrics");

        Assert.All(["patched", "refused", "unchanged", "invalid"], result => Assert.Contains($"kubeinject_admissions_total{{result=\"{result}\"}} 1\n", metrics, StringComparison.Ordinal));
        Assert.Contains("kubeinject_admission_duration_seconds_count 4\n", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exactly_the_documented_metrics_exist()
    {
        var exposed = Type().Matches(await GetAsync("/metrics")).Select(match => $"{match.Groups["name"]} {match.Groups["type"]}");
        var documented = Row().Matches(await File.ReadAllTextAsync(Repository.File("docs", "in-cluster.md"))).Select(match => $"{match.Groups["name"]} {match.Groups["type"]}");

        Assert.Equal(documented.Order(), exposed.Order());
    }

    [Fact]
    public async Task A_new_connection_uses_the_new_certificate()
    {
        using var replacement = CertificateFiles.New();
        files.Write(replacement);
        time.Advance(TimeSpan.FromSeconds(1));

        using var connection = await ConnectAsync();

        Assert.Equal(replacement.Thumbprint, ((System.Security.Cryptography.X509Certificates.X509Certificate2)connection.RemoteCertificate!).Thumbprint);
    }

    [Fact]
    public async Task A_problem_of_the_controller_is_shown_but_does_not_make_the_webhook_unready()
    {
        var problem = (string?)"cannot watch pods: forbidden";
        server.Note("controller", () => problem);

        Assert.Equal("ready, but: controller cannot watch pods: forbidden\n", await client.GetStringAsync(new Uri(Health, "/readyz")));
        problem = null;
        Assert.Equal("ready\n", await client.GetStringAsync(new Uri(Health, "/readyz")));
    }

    [Fact]
    public async Task A_stopping_server_is_not_ready_but_answers_until_it_is_unlisted()
    {
        var stopped = server.StopAsync();

        var ready = await client.GetAsync(new Uri(Health, "/readyz"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal("not ready: server is stopping\n", await ready.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri(Health, "/livez"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await MutateAsync(AdmissionFixture.Review(AdmissionFixture.Pod()).ToJsonString())).StatusCode);
        time.Advance(UntilUnlisted);
        Assert.True(await stopped);
        await Assert.ThrowsAsync<SocketException>(ConnectAsync);
    }

    [Fact]
    public async Task Requests_that_have_begun_are_answered()
    {
        var body = AdmissionFixture.Review(AdmissionFixture.Pod(("orders.role", "rw"))).ToJsonString();
        var connections = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => BeginAsync(body)));

        var stopped = server.StopAsync();
        time.Advance(UntilUnlisted);
        var answers = await Task.WhenAll(connections.Select(connection => CompleteAsync(connection, body)));

        Assert.All(answers, answer => Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal));
        Assert.True(await stopped);
    }

    [Fact]
    public async Task A_request_that_never_ends_does_not_keep_the_server_running()
    {
        using var connection = await BeginAsync("{}");

        var stopped = server.StopAsync();
        time.Advance(UntilUnlisted);
        time.Advance(WebhookServer.LongestStop);

        Assert.False(await stopped);
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_used_is_an_invalid_setting()
    {
        await File.WriteAllTextAsync(files.Key, "no key");

        var error = await Assert.ThrowsAsync<SettingException>(() => WebhookServer.StartAsync(Options(), null, CancellationToken.None));

        Assert.StartsWith("--tls-cert and --tls-key: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("no key", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_managed_certificate_is_used_as_soon_as_it_exists()
    {
        var cluster = new MemoryCluster();
        var access = new MemoryAccess(cluster);
        var manager = new CertificateManager(access, access, ["127.0.0.1"], new RotationTimes(), TimeProvider.System, new Progress<ServerMessage>());
        await server.DisposeAsync();
        server = await WebhookServer.StartAsync(Options(), manager, CancellationToken.None, time);

        await Assert.ThrowsAnyAsync<IOException>(ConnectAsync);
        var ready = await client.GetAsync(new Uri(Health, "/readyz"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "not ready: certificate is starting\n"), (ready.StatusCode, await ready.Content.ReadAsStringAsync()));

        cluster.CreateConfiguration();
        await manager.TryPassAsync(CancellationToken.None);

        using var connection = await ConnectAsync();
        Assert.Equal(manager.Current!.TargetCertificate.Thumbprint, ((System.Security.Cryptography.X509Certificates.X509Certificate2)connection.RemoteCertificate!).Thumbprint);
        Assert.Equal("ready\n", await GetAsync("/readyz"));
    }

    private ServeOptions Options() => new(new IPEndPoint(IPAddress.Loopback, 0), new IPEndPoint(IPAddress.Loopback, 0), files.Certificate, files.Key, InjectionOptions.Default, UsesJson: false, LogLevel.Warning);

    private Task<HttpResponseMessage> MutateAsync(string body) =>
        client.PostAsync(new Uri(Webhook, "/mutate"), new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")));

    private Task<string> GetAsync(string path) => client.GetStringAsync(new Uri(Health, path));

    private async Task<SslStream> ConnectAsync()
    {
        var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, Webhook.Port);
        var stream = new SslStream(socket.GetStream(), leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate is not null);
        await stream.AuthenticateAsClientAsync("127.0.0.1");
        return stream;
    }

    /// <summary>Sends a request without the last byte of its body, and waits until the server has begun to handle it.</summary>
    private async Task<SslStream> BeginAsync(string body)
    {
        var stream = await ConnectAsync();
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"POST /mutate HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n"));
        var buffer = new byte[64];
        Assert.StartsWith("HTTP/1.1 100 Continue", Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer)), StringComparison.Ordinal);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(body).AsMemory()[..^1]);
        return stream;
    }

    private static async Task<string> CompleteAsync(SslStream stream, string body)
    {
        await using (stream)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(body).AsMemory()[^1..]);
            using var reader = new StreamReader(stream);
            return await reader.ReadToEndAsync();
        }
    }

    [GeneratedRegex("^# TYPE (?<name>\\S+) (?<type>\\S+)$", RegexOptions.Multiline)]
    private static partial Regex Type();

    [GeneratedRegex(@"^\| `(?<name>kubeinject_\w+)` \| (?<type>\w+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
