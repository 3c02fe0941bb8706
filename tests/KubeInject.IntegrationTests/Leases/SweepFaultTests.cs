using KubeInject.Credentials;
using KubeInject.IntegrationTests.Kubernetes;
using KubeInject.Kubernetes;
using KubeInject.Leases;

namespace KubeInject.IntegrationTests.Leases;

/// <summary>A sweep that cannot see all, or cannot do all, does no harm, and the next one goes on from there.</summary>
public sealed class SweepFaultTests : SweepTest
{
    public static TheoryData<string> Lists => ["pods", "deployments", "statefulsets", "daemonsets", "replicasets", "jobs", "cronjobs", "replicationcontrollers"];

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task A_list_that_is_forbidden_ends_the_sweep_before_anything_is_done(string list)
    {
        Orphan();
        using var proxy = new FaultProxy(request => IsListOf(request, list) ? FaultProxy.Fault.Error(403, KubeApiReason.Forbidden) : null);
        using var connection = await proxy.OpenAsync(Namespace);

        Assert.Equal(KubeApiReason.Forbidden, (await Assert.ThrowsAsync<KubeApiException>(() => RunAsync(Sweep(connection.Client)))).Reason);

        Assert.Empty(Issuer.Revoked);
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task A_list_that_is_forbidden_at_the_second_look_ends_the_sweep_too(string list)
    {
        Orphan();
        var isForbidden = false;
        using var proxy = new FaultProxy(request => isForbidden && IsListOf(request, list) ? FaultProxy.Fault.Error(403, KubeApiReason.Forbidden) : null);
        using var connection = await proxy.OpenAsync(Namespace);
        var sweep = Sweep(connection.Client);
        var plan = await sweep.PlanAsync(CancellationToken.None);
        isForbidden = true;

        await Assert.ThrowsAsync<KubeApiException>(() => sweep.RunAsync(plan, null, CancellationToken.None));

        Assert.Empty(Issuer.Revoked);
    }

    [Fact]
    public async Task Somebody_who_may_not_list_revokes_nothing()
    {
        Orphan();
        using var connection = await TestCluster.OpenAsync("viewer", Namespace);

        await Assert.ThrowsAsync<KubeApiException>(() => RunAsync(Sweep(connection.Client)));

        Assert.Empty(Issuer.Revoked);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(150, null)]
    [InlineData(null, 0)]
    [InlineData(null, 150)]
    public async Task A_list_that_breaks_off_ends_the_sweep_before_anything_is_done(int? cutAfter, int? endAfter)
    {
        Orphan();
        await PodAsync(Record());
        using var proxy = new FaultProxy(request => IsListOf(request, "pods") ? new FaultProxy.Fault { CutAfter = cutAfter, EndAfter = endAfter } : null);
        using var connection = await proxy.OpenAsync(Namespace);

        await Assert.ThrowsAsync<KubeConnectionException>(() => RunAsync(Sweep(connection.Client)));

        Assert.Empty(Issuer.Revoked);
    }

    [Fact]
    public async Task A_list_whose_second_page_fails_ends_the_sweep_before_anything_is_done()
    {
        Orphan();
        using var store = new Store();
        var answers = 0;
        using var proxy = new FaultProxy(request => IsListOf(request, "pods") && request.Path.Contains("continue=", StringComparison.Ordinal) && ++answers > 0 ? FaultProxy.Fault.Error(500, KubeApiReason.InternalError) : null);
        using var connection = await proxy.OpenAsync(Namespace);
        await store.PutPodsAsync(Namespace, Enumerable.Range(0, 501).Select(i => ($"pod-{i}", $$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"pod-{{{i}}}","namespace":"{{{Namespace}}}","uid":"{{{Guid.NewGuid()}}}"},"spec":{"containers":[{"name":"app","image":"app"}]}}""")));
        try
        {
            await Assert.ThrowsAsync<KubeApiException>(() => RunAsync(Sweep(connection.Client)));
        }
        finally
        {
            await store.DeletePodsAsync(Namespace);
        }

        Assert.InRange(answers, 1, int.MaxValue);
        Assert.Empty(Issuer.Revoked);
    }

    [Fact]
    public async Task PostgreSQL_that_is_down_during_a_sweep_loses_nothing_and_the_next_sweep_finishes()
    {
        var role = await TestDatabase.CreateRoleAsync();
        using var issuer = new PostgreSqlIssuer(new PostgreSqlOptions { ConnectionString = TestDatabase.Superuser, ServerName = "rig" });
        using var down = new PostgreSqlIssuer(new PostgreSqlOptions { ConnectionString = new Secret($"postgresql://postgres:x@{TestDatabase.Host}:1/postgres"), ServerName = "rig" });
        var (living, orphan) = (await IssueAsync(issuer, Leases, role), await IssueAsync(issuer, Leases, role));
        await PodAsync(living.Record);

        var failed = await RunAsync(Sweep(issuer: down, options: Options with { GracePeriod = TimeSpan.Zero }));

        Assert.Equal((2, 0, 0), (failed.Failed, failed.Renewed, failed.Revoked));
        Assert.All(failed.Failures, failure => Assert.Contains("PostgreSQL at", failure.Error.Message, StringComparison.Ordinal));
        Assert.Equal(2, Leases.Records.Count);

        var finished = await RunAsync(Sweep(issuer: issuer, options: Options with { GracePeriod = TimeSpan.Zero }));

        Assert.Equal((0, 1, 1), (finished.Failed, finished.Renewed, finished.Revoked));
        Assert.True(await TestDatabase.CanLogInAsync(living.Credential));
        Assert.False(await TestDatabase.CanLogInAsync(orphan.Credential));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task An_API_server_that_goes_in_the_middle_loses_nothing_and_the_next_sweep_finishes(int deletionsBefore)
    {
        var role = await TestDatabase.CreateRoleAsync();
        using var issuer = new PostgreSqlIssuer(new PostgreSqlOptions { ConnectionString = TestDatabase.Superuser });
        var leases = new KubeLeaseStore(Connection.Client, Namespace);
        var issued = new List<IssuedLease>();
        for (var i = 0; i < 6; i++)
            issued.Add(await IssueAsync(issuer, leases, role));
        await PodAsync(issued[0].Record);
        var left = deletionsBefore;
        using var proxy = new FaultProxy(request => request.Method == "DELETE" && Interlocked.Decrement(ref left) < 0 || Volatile.Read(ref left) < 0 ? new FaultProxy.Fault { CutAfter = 0 } : null);
        using var connection = await proxy.OpenAsync(Namespace);
        var options = Options with { GracePeriod = TimeSpan.Zero };

        var failed = await RunAsync(Sweep(connection.Client, issuer, new KubeLeaseStore(connection.Client, Namespace), options));

        Assert.InRange(failed.Failed, 1, 6);
        Assert.All(failed.Failures, failure => Assert.IsType<KubeConnectionException>(failure.Error));
        Assert.True(await TestDatabase.CanLogInAsync(issued[0].Credential));

        var finished = await RunAsync(Sweep(issuer: issuer, leases: leases, options: options));

        Assert.Equal((0, 1), (finished.Failed, finished.Renewed));
        Assert.Equal(issued[0].Record.Uuid, Assert.Single(await leases.ListAsync(CancellationToken.None)).Uuid);
        foreach (var lease in issued)
            Assert.Equal(lease == issued[0], await TestDatabase.CanLogInAsync(lease.Credential));
    }

    private static bool IsListOf(FaultProxy.Request request, string resource) =>
        request.Method == "GET" && request.Path.Split('?')[0].EndsWith($"/{resource}", StringComparison.Ordinal);

    private Task<IssuedLease> IssueAsync(ICredentialIssuer issuer, ILeaseStore leases, string role) => new CredentialSource(issuer, leases).IssueAsync(
        new CredentialRequest(Guid.NewGuid(), "orders", role, "databases", new ObjectReference("Pod", Namespace, "orders"), "default"), CancellationToken.None);
}
