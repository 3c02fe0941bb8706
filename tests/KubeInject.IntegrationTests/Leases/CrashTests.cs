using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using KubeInject.Annotations;
using KubeInject.Credentials;
using KubeInject.IntegrationTests.Vault;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;
using KubeInject.Testing;
using Npgsql;
using Xunit.Abstractions;

namespace KubeInject.IntegrationTests.Leases;

/// <summary>
/// Whatever a process is doing when it is killed (SIGKILL), one sweep cleans up: each valid credential has a record with a
/// live owner, and each credential of a live owner is valid.
/// </summary>
/// <remarks>
/// KUBEINJECT_CRASH_POINTS specifies how many credentials are interrupted in total; default: 300. The times depend on
/// the seed (<see cref="TestSeed"/>); what a process has done by then also depends on the machine.
/// </remarks>
public sealed class CrashTests(ITestOutputHelper output, VaultFixtures vaults) : IClassFixture<VaultFixtures>
{
    private const int DefaultPoints = 300;
    private const int TasksAtRandom = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static TheoryData<string> Sources => [.. CrashSource.All.Select(source => source.Name)];

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task A_crash_after_any_step_leaves_no_orphan(string source)
    {
        var tasks = (from kind in new (bool IsOwned, bool Fails)[] { (true, false), (false, false), (false, true), (true, true) }
                     from step in CrashTask.StepsOf(kind.IsOwned, kind.Fails)
                     select new CrashTask(Guid.NewGuid(), kind.IsOwned, kind.Fails, step)).ToList();
        using var process = await KilledProcess.StartAsync(source, tasks, vaults);

        await process.UntilAsync(() => tasks.TrueForAll(task => process.StepOf(task) == task.StopAt));
        await process.KillAsync();

        await process.CheckAsync();
        output.WriteLine($"{tasks.Count} points at every step");
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task A_crash_at_a_random_time_leaves_no_orphan(string source)
    {
        output.WriteLine(TestSeed.Hint);
        var random = new Random(TestSeed.Value);
        var share = Points / CrashSource.All.Count;
        var points = 0;
        var kills = 0;
        for (; points < share; kills++)
        {
            var tasks = Enumerable.Range(0, TasksAtRandom).Select(i => new CrashTask(Guid.NewGuid(), IsOwned: i % 2 == 0, Fails: i % 7 == 0)).ToList();
            using var process = await KilledProcess.StartAsync(source, tasks, vaults);
            var moment = random.Next(1, TasksAtRandom * 8);

            await process.UntilAsync(() => process.StepCount >= moment);
            points += await process.KillAsync();

            await process.CheckAsync();
        }

        output.WriteLine($"{points} points at {kills} moments");
    }

    private static int Points => Environment.GetEnvironmentVariable("KUBEINJECT_CRASH_POINTS") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : DefaultPoints;

    /// <summary>A process to kill, and its output.</summary>
    private sealed class KilledProcess : IDisposable
    {
        private readonly CrashSource source;
        private readonly CrashPoint place;
        private readonly IReadOnlyList<CrashTask> tasks;
        private readonly Process process;
        private readonly Task<string> errors;
        private readonly Dictionary<Guid, CrashStep> steps = [];
        private readonly Dictionary<Guid, Credential> handedOut = [];

        private KilledProcess(CrashSource source, CrashPoint place, IReadOnlyList<CrashTask> tasks)
        {
            (this.source, this.place, this.tasks) = (source, place, tasks);
            process = Process.Start(new ProcessStartInfo("dotnet", [typeof(CrashProcess).Assembly.Location, "issue", source.Name, JsonSerializer.Serialize(place)])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            errors = process.StandardError.ReadToEndAsync();
        }

        public int StepCount { get; private set; }

        public static async Task<KilledProcess> StartAsync(string name, IReadOnlyList<CrashTask> tasks, VaultFixtures vaults)
        {
            var place = new CrashPoint(await TestCluster.CreateNamespaceAsync(), Directory.CreateTempSubdirectory("kubeinject-test-").FullName, await TestDatabase.CreateRoleAsync());
            var owned = string.Join(',', tasks.Where(task => task.IsOwned).Select(task => task.Uuid));
            await TestCluster.CreatePodAsync(place.Namespace, "orders", metadata: $$""","annotations":{"{{InjectionAnnotation.Uuid}}":"{{owned}}"}""");
            var source = CrashSource.All.Single(source => source.Name == name);
            await source.PrepareAsync(vaults, place);
            var killed = new KilledProcess(source, place, tasks);
            foreach (var task in tasks)
                await killed.process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(task));
            await killed.process.StandardInput.WriteLineAsync();
            await killed.process.StandardInput.FlushAsync();
            return killed;
        }

        public CrashStep? StepOf(CrashTask task) => steps.TryGetValue(task.Uuid, out var step) ? step : null;

        /// <summary>Reads until a condition is true, or the process has no more work.</summary>
        public async Task UntilAsync(Func<bool> isSo)
        {
            using var limit = new CancellationTokenSource(Patience);
            try
            {
                while (!isSo() && await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
                    Hear(line);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"Steps that were not reached: {string.Join(", ", tasks.Where(task => StepOf(task) != task.StopAt).Select(task => task.StopAt))}");
            }

            Assert.True(isSo() || tasks.All(task => task.StopAt is null), process.HasExited ? await errors : "");
        }

        /// <summary>Kills the process, and returns how many credentials it was processing according to its output.</summary>
        public async Task<int> KillAsync()
        {
            var inFlight = tasks.Count(task => StepOf(task) is { } step && step != CrashTask.StepsOf(task.IsOwned, task.Fails).Last());
            process.Kill();
            while (await process.StandardOutput.ReadLineAsync() is { } line)
                Hear(line);
            await process.WaitForExitAsync();
            return inFlight;
        }

        /// <summary>Runs one sweep, and checks the result.</summary>
        public async Task CheckAsync()
        {
            using var connection = await TestCluster.OpenAsync();
            var (issuer, leases) = source.Open(place, connection.Objects);
            using var disposable = issuer as IDisposable;
            var sweep = new LeaseSweep(new CredentialSource(issuer, leases), connection.Objects, new LeaseOptions { Namespace = place.Namespace, GracePeriod = TimeSpan.Zero });

            var summary = await sweep.RunAsync(await sweep.PlanAsync(CancellationToken.None), null, CancellationToken.None);

            Assert.Empty(summary.Failures.Select(failure => failure.Error.Message));
            var owned = tasks.Where(task => task.IsOwned).Select(task => task.Uuid).ToHashSet();
            var records = await leases.ListAsync(CancellationToken.None);
            foreach (var (uuid, credential) in handedOut.Where(pair => owned.Contains(pair.Key)))
            {
                Assert.Contains(records, record => record.Uuid == uuid && record.IsComplete);
                Assert.True(await TestDatabase.CanLogInAsync(credential));
            }

            // Every other valid credential has a record with a live owner, and is revoked with it.
            await connection.Objects.DeleteAsync(KubeResource.Pods, "orders", place.Namespace, new KubeDeleteOptions { GracePeriodSeconds = 0 });
            Assert.Empty((await sweep.RunAsync(await sweep.PlanAsync(CancellationToken.None), null, CancellationToken.None)).Failures);
            var limit = DateTime.UtcNow + Patience;
            var live = await LiveAsync();
            while (source.EndsSoon && live.Count > 0 && DateTime.UtcNow < limit)
                live = await LiveAsync();
            Assert.Empty(live);

            // A record that was being written when the process was killed can arrive late; it has no credential.
            await sweep.RunAsync(await sweep.PlanAsync(CancellationToken.None), null, CancellationToken.None);
            Assert.Empty(await leases.ListAsync(CancellationToken.None));
        }

        public void Dispose()
        {
            if (!process.HasExited)
                process.Kill();
            process.Dispose();
            Directory.Delete(place.Folder, recursive: true);
        }

        private void Hear(string line)
        {
            // A truncated line is ignored.
            if (line.Split(' ') is not [var uuid, var step, .. var rest, "."])
                return;
            StepCount++;
            var task = tasks.Single(one => one.Uuid == Guid.Parse(uuid));
            steps[task.Uuid] = Enum.Parse<CrashStep>(step);
            if (rest is [var username, var password])
                handedOut[task.Uuid] = new Credential(username, new SensitiveString(password));
        }

        private async Task<HashSet<string>> LiveAsync()
        {
            const string Query = "SELECT r.rolname::text FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member JOIN pg_roles g ON g.oid = m.roleid WHERE g.rolname = $1 AND r.rolcanlogin";
            await using var connection = await TestDatabase.OpenAsync();
            await using var command = new NpgsqlCommand(Query, connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = place.Role } } };
            await using var reader = await command.ExecuteReaderAsync();
            var names = new HashSet<string>();
            while (await reader.ReadAsync())
                names.Add(reader.GetString(0));
            return names;
        }
    }
}
