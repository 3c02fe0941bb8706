using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using KubeInject.Http;
using KubeInject.Kubernetes.Objects;
using KubeInject.Testing;

namespace KubeInject.IntegrationTests.Kubernetes;

/// <summary>kubectl prints a table that the API server creates. The tests compare the columns of a pod with that table.</summary>
public class PodTableTests
{
    private static readonly Gen<string> States = Gen.Elements(
        """{"running":{}}""",
        """{"waiting":{}}""",
        """{"waiting":{"reason":"PodInitializing"}}""",
        """{"waiting":{"reason":"CrashLoopBackOff"}}""",
        """{"terminated":{"exitCode":0,"reason":"Completed"}}""",
        """{"terminated":{"exitCode":0}}""",
        """{"terminated":{"exitCode":1,"reason":"Error"}}""",
        """{"terminated":{"exitCode":2}}""",
        """{"terminated":{"exitCode":137,"signal":9}}""",
        """{"terminated":{"exitCode":137,"reason":"OOMKilled"}}""",
        "{}");

    /// <summary>A completed container beside a failed one.</summary>
    private static readonly string[] PartlyFailed =
    [
        .. from second in (string[])["""{"terminated":{"exitCode":137,"reason":"OOMKilled"}}""", """{"terminated":{"exitCode":137,"signal":9}}""", """{"terminated":{"exitCode":2}}"""]
           from ready in (string[])["True", "False"]
           from third in (string[])["", $",{Container("c2", """{"running":{}}""", "true", 1)}"]
           select $$"""
               {"phase":"Running","conditions":[{"type":"Ready","status":"{{ready}}"}],
                "containerStatuses":[{{Container("c0", """{"terminated":{"exitCode":0,"reason":"Completed"}}""", "false", 0)}},{{Container("c1", second, "false", 0)}}{{third}}]}
               """,
    ];

    [Fact]
    public async Task Ready_status_and_restarts_equal_those_of_the_server_side_table()
    {
        var @namespace = await TestCluster.CreateNamespaceAsync();
        using var connection = await TestCluster.OpenAsync(@namespace: @namespace);
        foreach (var (status, index) in Statuses().SampleSeeded(80, 80).Concat(PartlyFailed).Select((status, index) => (status, index)))
        {
            var name = $"pod-{index}";
            var isDeleted = index % 4 == 0 && !PartlyFailed.Contains(status);
            var metadata = isDeleted ? """ ,"finalizers":["kubeinject.test/stay"] """ : "";
            await TestCluster.CreatePodAsync(
                @namespace,
                name,
                """{"initContainers":[{"name":"i0","image":"i"},{"name":"i1","image":"i"}],"containers":[{"name":"c0","image":"c"},{"name":"c1","image":"c"},{"name":"c2","image":"c"}]}""",
                metadata);
            await TestCluster.SetStatusAsync(@namespace, name, status, metadata);
            if (isDeleted)
                await TestCluster.SendAsync(HttpMethod.Delete, $"/api/v1/namespaces/{@namespace}/pods/{name}");
        }

        var hidesFailures = HidesFailures(connection.ServerVersion!);
        var expected = await TableAsync(@namespace);
        Assert.Equal(80 + PartlyFailed.Length, expected.Count);
        await foreach (var pod in connection.ListPodsAsync())
        {
            var (ready, status, restarts) = expected[pod.Name];
            if (hidesFailures && status is ("Completed" or "NotReady"))
                status = Failure(pod) ?? status;
            Assert.Equal($"{pod.Name} {ready} {status} {restarts} for {pod.ToJson()}", $"{pod.Name} {pod.Ready} {pod.Status} {pod.Restarts} for {pod.ToJson()}");
        }
    }

    /// <summary>Whether the server shows Completed or NotReady for a pod in which another container failed, as before Kubernetes 1.35.</summary>
    private static bool HidesFailures(string version) => int.Parse(version.Split('.')[1], CultureInfo.InvariantCulture) < 35;

    /// <summary>The status of such a pod on newer servers; null if no container failed.</summary>
    private static string? Failure(Pod pod) => JsonSerializer.Deserialize<JsonElement>(pod.ToJson()).GetProperty("status").GetProperty("containerStatuses").EnumerateArray()
        .Select(container => container.GetProperty("state").Get("terminated"))
        .Where(terminated => terminated.Int("exitCode") != 0)
        .Select(terminated => terminated.Text("reason") ?? (terminated.Int("signal") is > 0 and var signal ? $"Signal:{signal}" : $"ExitCode:{terminated.Int("exitCode")}"))
        .FirstOrDefault();

    /// <summary>Statuses that are the same in servers of all versions.</summary>
    private static Gen<string> Statuses() =>
        from phase in Gen.Elements("Pending", "Running", "Unknown")
        from reason in Gen.Frequency((5, Gen.Constant("")), (1, Gen.Constant(""" ,"reason":"NodeLost" """)), (1, Gen.Constant(""" ,"reason":"Evicted" """)))
        from isReady in Gen.Elements("True", "False")
        from inits in Gen.OneOf(Containers("i"), Done())
        from containers in Containers("c")
        select $$"""{"phase":"{{phase}}"{{reason}},"conditions":[{"type":"Ready","status":"{{isReady}}"}],"initContainerStatuses":[{{inits}}],"containerStatuses":[{{containers}}]}""";

    private static Gen<string> Containers(string prefix) =>
        from states in States.ListOf(2)
        from ready in Gen.Elements("true", "false").ListOf(2)
        from restarts in Gen.Choose(0, 3).ListOf(2)
        select string.Join(',', Enumerable.Range(0, 2).Select(i => Container($"{prefix}{i}", states[i], ready[i], restarts[i])));

    private static Gen<string> Done() =>
        Gen.Constant(string.Join(',', Enumerable.Range(0, 2).Select(i => Container($"i{i}", """{"terminated":{"exitCode":0,"reason":"Completed"}}""", "true", 1))));

    private static string Container(string name, string state, string ready, int restarts) =>
        $$"""{"name":"{{name}}","image":"x","imageID":"x","state":{{state}},"ready":{{ready}},"restartCount":{{restarts}}}""";

    private static async Task<Dictionary<string, (string Ready, string Status, string Restarts)>> TableAsync(string @namespace)
    {
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown?.Issuer == "CN=kubeinject-test-ca" };
        using var client = new HttpClient(handler) { BaseAddress = TestCluster.Server };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestCluster.AdminToken.Reveal());
        client.DefaultRequestHeaders.Accept.ParseAdd("application/json;as=Table;g=meta.k8s.io;v=v1");
        using var table = JsonDocument.Parse(await client.GetStringAsync($"/api/v1/namespaces/{@namespace}/pods"));
        return table.RootElement.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("cells")).ToDictionary(
            cells => cells[0].GetString()!,

            // Newer servers add the time of the last restart to the number.
            cells => (cells[1].ToString(), cells[2].ToString(), cells[3].ToString().Split(' ')[0]));
    }
}
