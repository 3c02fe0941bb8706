using System.IO.Compression;
using System.Text;
using System.Text.Json;
using KubeInject.IntegrationTests.Kubernetes;
using KubeInject.Kubernetes.Objects;
using KubeInject.Testing;
using static KubeInject.IntegrationTests.Kubernetes.FaultProxy;

namespace KubeInject.IntegrationTests.Injector;

/// <summary>The program with a server that sends an unexpected response, too much, or nothing.</summary>
public sealed class BadServerTests : IDisposable
{
    // The memory limit of the program, in bytes, as a hexadecimal number: 400 MiB.
    private const string HeapLimit = "19000000";

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string, string> WrongLists
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var list in new[] { "/pods", "/replicationcontrollers", "/deployments", "/statefulsets", "/daemonsets", "/replicasets", "/jobs" })
                data.Add(list, """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success"}""");
            foreach (var body in new[] { "{}", "[]", "<html>Sign in</html>", """{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a"},"data":{}}""", """{"kind":"PodList","apiVersion":"v1","metadata":{},"items":null}""", """{"kind":"PodList","apiVersion":"v1","metadata":{},"items":{}}""", """{"kind":"SecretList","apiVersion":"v1","metadata":{},"items":[]}""" })
                data.Add("/pods", body);
            return data;
        }
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(WrongLists))]
    public async Task A_sweep_that_receives_something_other_than_a_list_revokes_nothing_and_fails(string list, string body)
    {
        var record = await RecordAsync();
        using var proxy = new FaultProxy(request => request.Path.Split('?')[0].EndsWith(list, StringComparison.Ordinal) ? new Fault { Status = 200, Body = body } : null);

        var result = await RunAsync(Kubeconfig(proxy.Server), "sync", "--source", "local", "--lease-folder", folder.File("leases"));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(list, result.Error, StringComparison.Ordinal);
        Assert.Contains("does not respond like a Kubernetes API server", result.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(record));

        // With correct responses the sweep revokes.
        var afterwards = await RunAsync(TestCluster.FilePath("kubeconfig"), "sync", "--source", "local", "--lease-folder", folder.File("leases"));
        Assert.True(afterwards.ExitCode == 0 && !File.Exists(record), afterwards.Error);
    }

    [Fact]
    public async Task A_sweep_with_an_endless_response_ends_with_a_timeout()
    {
        var record = await RecordAsync();
        using var proxy = new FaultProxy(request => request.Path.Contains("/deployments", StringComparison.Ordinal) ? new Fault { NeverAnswers = true } : null);

        var result = await RunAsync(Kubeconfig(proxy.Server), "sync", "--source", "local", "--lease-folder", folder.File("leases"), "--timeout", "3s");

        Assert.Equal((1, "error: The operation took longer than 3 s (--timeout) and was stopped. The next sweep continues from there.\n"), (result.ExitCode, result.Error));
        Assert.True(File.Exists(record));
    }

    [Fact]
    public async Task A_list_with_an_endless_response_ends_with_a_timeout()
    {
        using var proxy = new FaultProxy(request => request.Path.Contains("/pods", StringComparison.Ordinal) ? new Fault { NeverAnswers = true } : null);

        var result = await RunAsync(Kubeconfig(proxy.Server), "list", "-A", "--timeout", "3s");

        Assert.Equal((1, "error: The operation took longer than 3 s (--timeout) and was stopped.\n"), (result.ExitCode, result.Error));
    }

    [Theory]
    [InlineData("list", "/pods")]
    [InlineData("sync", "/deployments")]
    public async Task A_gzip_bomb_of_4_GiB_uses_no_more_memory_than_the_page_limit(string command, string list)
    {
        var bomb = Bomb();
        using var server = new FaultProxy(request => request.Path.Split('?')[0].EndsWith(list, StringComparison.Ordinal)
            ? new Fault { Status = 200, Bytes = bomb, Headers = ["Content-Encoding: gzip"] }
            : null);

        // The program requests no compression from a server on the same machine.
        using var proxy = new TestProxy();
        var kubeconfig = Kubeconfig(new Uri($"https://kubernetes.default.svc:{server.Server.Port}"), proxy);
        string[] arguments = command == "list" ? ["list", "-A"] : ["sync", "--source", "local", "--lease-folder", folder.File("leases")];
        await RecordAsync();

        var result = await RunAsync(kubeconfig, [.. arguments, "--timeout", "5m"]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(" exceeds a limit in its response to ", result.Error, StringComparison.Ordinal);
        Assert.Contains(" MiB. ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("OutOfMemory", result.Error, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>A gzip file of 64 members, each of which is 64 MiB of spaces after decompression.</summary>
    private static byte[] Bomb()
    {
        using var member = new MemoryStream();
        using (var gzip = new GZipStream(member, CompressionLevel.Fastest, leaveOpen: true))
        {
            var piece = Encoding.ASCII.GetBytes(new string(' ', 1 << 20));
            for (var written = 0; written < 64; written++)
                gzip.Write(piece);
        }

        return [.. Enumerable.Repeat(member.ToArray(), 64).SelectMany(bytes => bytes)];
    }

    private string Kubeconfig(Uri server, TestProxy? proxy = null) => folder.Write("kubeconfig", $"""
        apiVersion: v1
        kind: Config
        current-context: c
        contexts:
        - name: c
          context:
            cluster: c
            user: u
        users:
        - name: u
          user:
            token: {TestCluster.AdminToken.Reveal()}
        clusters:
        - name: c
          cluster:
            server: {server}
            certificate-authority: {TestCluster.FilePath("ca.crt")}
            {(proxy is null ? "" : $"proxy-url: http://127.0.0.1:{proxy.Port}")}
        """);

    private Task<Command> RunAsync(string kubeconfig, params string[] arguments) => Command.KubeInjectAsync(
        arguments,
        home: folder.File("home"),
        environment: new Dictionary<string, string?> { ["KUBECONFIG"] = kubeconfig, ["DOTNET_GCHeapHardLimit"] = HeapLimit });

    /// <summary>The record of a lease that a sweep of this cluster would revoke.</summary>
    private async Task<string> RecordAsync()
    {
        var uuid = Guid.NewGuid();
        using var connection = await TestCluster.OpenAsync();
        var cluster = await connection.Objects.GetAsync(KubeResource.Namespaces, "kube-system");
        var recordedAt = DateTime.UtcNow.AddHours(-1);
        var path = folder.Write($"leases/{uuid}.json", JsonSerializer.Serialize(new
        {
            Uuid = uuid,
            Source = "local",
            IsComplete = true,
            Database = "orders",
            Role = "rw",
            Owner = new { Kind = "Pod", Namespace = "shop", Name = "gone" },
            ServiceAccountName = "default",
            RecordedAt = recordedAt,
            Username = "user-of-gone",
            ClusterUid = cluster.Uid,
        }));
        File.SetLastWriteTimeUtc(path, recordedAt);
        return path;
    }
}
