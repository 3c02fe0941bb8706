using System.Globalization;
using KubeInject.Kubernetes.Objects;
using Xunit.Abstractions;

namespace KubeInject.IntegrationTests.Controller;

/// <summary>The program is replaced under living pods: once with SIGTERM, as in an upgrade, and once with SIGKILL.</summary>
public sealed class ProcessRestartTests(ITestOutputHelper output) : ControllerTest
{
    private const string Variable = "KUBEINJECT_RESTART_PODS";

    [Fact]
    public async Task Another_leader_issues_nothing_changes_no_pod_and_renews_in_time()
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out var value) ? value : 50;
        var lifetime = TimeSpan.FromSeconds(count > 100 ? 180 : 30);
        string[] options = ["--postgresql-time-to-live", $"{lifetime.TotalSeconds}s"];
        using var first = StartProgram(options);
        await UntilAsync(() => Task.FromResult(first.IsLeading), "the first does not lead");
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, _) => await CreatePodAsync($"pod-{number}"));
        await UntilAsync(async () => (await StateAsync()).Count == 2 * count, "not all pods have a Secret", TimeSpan.FromMinutes(5));
        var before = await StateAsync();
        var roles = await LoginRolesAsync();

        using var second = StartProgram(options);
        await UntilAsync(() => Task.FromResult(second.IsListening), "the second does not wait");
        Assert.Equal(0, await first.TerminateAsync());
        await UntilAsync(() => Task.FromResult(second.IsLeading), "the second does not lead");
        var oldest = await UntilRenewedAsync(DateTimeOffset.UtcNow, lifetime);
        using var third = StartProgram(options);
        await UntilAsync(() => Task.FromResult(third.IsListening), "the third does not wait");
        second.Kill();
        await ReleaseLeaseAsync();
        await UntilAsync(() => Task.FromResult(third.IsLeading), "the third does not lead");
        oldest = Math.Max(oldest, await UntilRenewedAsync(DateTimeOffset.UtcNow, lifetime));

        Assert.Equal(before, await StateAsync());
        Assert.Equal(roles, await LoginRolesAsync());
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} pods, leases of {lifetime.TotalSeconds} s, renewed after at most {oldest:P0} of them."));
        Assert.True(oldest < 2 / 3.0, "A lease was renewed late.");
    }

    /// <summary>Waits until all leases were renewed after a time, and returns the largest part of a lease that had passed without a renewal.</summary>
    private async Task<double> UntilRenewedAsync(DateTimeOffset time, TimeSpan lifetime)
    {
        var oldest = 0.0;
        await UntilAsync(
            async () =>
            {
                var now = DateTimeOffset.UtcNow;
                var records = await Records.ListAsync(CancellationToken.None);
                oldest = Math.Max(oldest, records.Max(record => (now - (record.RenewedAt ?? record.RecordedAt)!.Value) / lifetime));
                return records.All(record => record.RenewedAt > time);
            },
            "not all leases were renewed",
            lifetime);
        return oldest;
    }

    /// <summary>The versions of the pods and of their Secrets.</summary>
    private async Task<SortedDictionary<string, string?>> StateAsync()
    {
        var state = new SortedDictionary<string, string?>(StringComparer.Ordinal);
        await foreach (var pod in Connection.Objects.ListAsync(KubeResource.Pods))
            state[$"pod {pod.Name} {pod.Uid}"] = pod.ResourceVersion;
        await foreach (var secret in Connection.Objects.ListAsync(KubeResource.Secrets, new() { FieldSelector = "type=Opaque" }))
            state[$"secret {secret.Name} {secret.Uid}"] = secret.ResourceVersion;
        return state;
    }

    private async Task<string> LoginRolesAsync() =>
        (string)(await TestDatabase.ScalarAsync("SELECT string_agg(u.rolname, ' ' ORDER BY u.rolname) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles u ON u.oid = m.member WHERE r.rolname = $1", Role))!;
}
