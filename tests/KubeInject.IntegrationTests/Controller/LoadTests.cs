using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;
using Xunit.Abstractions;

namespace KubeInject.IntegrationTests.Controller;

/// <summary>Measures the program with many pods. Run it alone, because the counters of the API server are those of all clients.</summary>
public sealed partial class LoadTests(ITestOutputHelper output) : ControllerTest
{
    private const string Variable = "KUBEINJECT_LOAD_PODS";
    private const int Workers = 16;

    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(30);

    [OptInFact(Variable)]
    public async Task Measure_pods_that_are_created_at_once()
    {
        var count = int.Parse(Environment.GetEnvironmentVariable(Variable)!, CultureInfo.InvariantCulture);
        var plain = await CreateRolesAsync(count);
        using var program = StartProgram();
        await UntilAsync(() => Task.FromResult(program.IsLeading), "the program does not lead");
        var idle = program.Memory;
        var before = await CountCallsAsync();

        var watch = Stopwatch.StartNew();
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = Workers }, async (number, _) => await CreatePodAsync($"pod-{number}"));
        var created = watch.Elapsed;
        await UntilAsync(async () => await CountLoginRolesAsync() == count && await CountSecretsAsync() == count, "not all pods have a Secret", LongestRun);
        var issued = watch.Elapsed;
        var calls = await CountCallsAsync();
        Write($"{count} pods: created in {created.TotalSeconds:0.0} s, the last Secret after {issued.TotalSeconds:0.0} s. {count} CREATE ROLE, {Workers} at a time: {plain.TotalSeconds:0.0} s.");
        Write($"Memory: {idle} MiB before, {program.Memory} MiB with {count} living pods.");
        Write($"API calls per pod, with those of the test: {Difference(before, calls, count)}.");

        using var next = StartProgram();
        await UntilAsync(() => Task.FromResult(next.IsListening), "the next program does not wait");
        before = await CountCallsAsync();
        Assert.Equal(0, await program.TerminateAsync());
        await UntilAsync(() => Task.FromResult(next.IsLeading), "the next program does not lead");
        watch.Restart();
        await UntilAsync(async () => await QueueLengthAsync(next) == 0 && (await CountCallsAsync()).GetValueOrDefault("GET pods") - before.GetValueOrDefault("GET pods") >= count, "the first pass does not end", LongestRun);
        Write($"The first pass of the next leader: {watch.Elapsed.TotalSeconds:0.0} s, {next.Memory} MiB. API calls per pod: {Difference(before, await CountCallsAsync(), count)}.");
    }

    private void Write(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>Creates login roles without the program, for comparison.</summary>
    private static async Task<TimeSpan> CreateRolesAsync(int count)
    {
        var role = await TestDatabase.CreateRoleAsync();
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(async worker =>
        {
            await using var connection = await TestDatabase.OpenAsync();
            for (var number = worker; number < count; number += Workers)
                await connection.ExecuteAsync($"CREATE ROLE {role}_{number} LOGIN PASSWORD '{Guid.NewGuid():n}' VALID UNTIL 'infinity' IN ROLE {role}");
        }));
        return watch.Elapsed;
    }

    private async Task<int> CountSecretsAsync() => await Connection.Objects.ListMetadataAsync(KubeResource.Secrets, new() { FieldSelector = "type=Opaque" }).CountAsync();

    private static async Task<int> QueueLengthAsync(ServeProcess program)
    {
        using var client = new HttpClient();
        return int.Parse(Queue().Match(await client.GetStringAsync(new Uri(program.Health, "/metrics"))).Groups["length"].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>The number of requests that the API server has answered, by verb and resource.</summary>
    private static async Task<Dictionary<string, double>> CountCallsAsync()
    {
        using var channel = new ApiChannel(TestCluster.Context("admin"));
        var metrics = Encoding.UTF8.GetString((await channel.SendAndEnsureSuccessAsync(ApiRequest.Get("/metrics"), CancellationToken.None)).Body.Span);
        return Requests().Matches(metrics)
            .GroupBy(match => $"{match.Groups["verb"].Value} {match.Groups["resource"].Value}")
            .ToDictionary(group => group.Key, group => group.Sum(match => double.Parse(match.Groups["count"].Value, CultureInfo.InvariantCulture)));
    }

    private static string Difference(Dictionary<string, double> before, Dictionary<string, double> after, int count) =>
        string.Join(", ", from call in after
                          let calls = (call.Value - before.GetValueOrDefault(call.Key)) / count
                          where calls >= 0.1
                          orderby calls descending
                          select string.Create(CultureInfo.InvariantCulture, $"{call.Key} {calls:0.0}"));

    [GeneratedRegex("""^apiserver_request_total\{[^}]*resource="(?<resource>[^"]+)"[^}]*verb="(?<verb>[^"]+)"[^}]*\} (?<count>\S+)$""", RegexOptions.Multiline)]
    private static partial Regex Requests();

    [GeneratedRegex(@"^kubeinject_queue_length (?<length>\d+)$", RegexOptions.Multiline)]
    private static partial Regex Queue();
}
