using KubeInject.Annotations;
using KubeInject.Credentials;
using KubeInject.Credentials.PostgreSql;
using KubeInject.IntegrationTests.Kubernetes;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.IntegrationTests.Leases;

/// <summary>A sweep that cannot read or change everything does no damage, and the next one continues.</summary>
public sealed class SweepFaultTests : SweepTest
{
    public static TheoryData<string> Lists =>
    [
        "pods", "deployments", "statefulsets", "daemonsets", "replicasets", "jobs", "cronjobs", "replicationcontrollers", "podtemplates", "controllerrevisions",
    ];

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task A_forbidden_list_stops_revocation_names_the_permission_and_live_leases_are_renewed(string list)
    {
        Orphan();
        var living = Record();
        await OwnAsync(living, byPod: list != "pods");
        using var proxy = new FaultProxy(request => IsListOf(request, list) ? FaultProxy.Fault.Error(403, KubeApiReason.Forbidden) : null);
        using var connection = await proxy.OpenAsync(Namespace);

        var summary = await RunAsync(Sweep(connection.Objects));

        Assert.Empty(Issuer.Revoked);
        Assert.Equal([living.Uuid], Issuer.Renewed.Keys);
        Assert.False(summary.IsComplete);
        Assert.StartsWith($"list {list}", Assert.Single(summary.BlockingGaps).MissingRight, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task A_list_that_becomes_forbidden_right_before_a_revocation_stops_it(string list)
    {
        Orphan();
        var isForbidden = false;
        using var proxy = new FaultProxy(request => isForbidden && IsListOf(request, list) ? FaultProxy.Fault.Error(403, KubeApiReason.Forbidden) : null);
        using var connection = await proxy.OpenAsync(Namespace);
        var sweep = Sweep(connection.Objects);
        var plan = await sweep.PlanAsync(CancellationToken.None);
        isForbidden = true;

        var summary = await sweep.RunAsync(plan, null, CancellationToken.None);

        Assert.Empty(Issuer.Revoked);
        Assert.StartsWith($"list {list}", Assert.Single(summary.BlockingGaps).MissingRight, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_access_to_one_namespace_its_live_leases_are_renewed_and_none_are_revoked()
    {
        Orphan();
        var living = Record();
        await PodAsync(living);
        await TestCluster.AllowAsync(Namespace, "pods", "User", Identity.Viewer);
        using var connection = await TestCluster.OpenAsync("viewer", Namespace);

        var summary = await RunAsync(Sweep(connection.Objects));

        Assert.Equal([living.Uuid], Issuer.Renewed.Keys);
        Assert.Empty(Issuer.Revoked);
        Assert.Contains(summary.BlockingGaps, gap => gap.MissingRight == "list pods in all namespaces");
    }

    [Theory]
    [InlineData(404, KubeApiReason.NotFound)]
    [InlineData(500, KubeApiReason.InternalError)]
    public async Task A_resource_that_cannot_be_listed_is_not_treated_as_missing(int status, string reason)
    {
        Orphan();
        using var proxy = new FaultProxy(request => IsListOf(request, "deployments") ? FaultProxy.Fault.Error(status, reason) : null);
        using var connection = await proxy.OpenAsync(Namespace);

        var summary = await RunAsync(Sweep(connection.Objects));

        Assert.Empty(Issuer.Revoked);
        Assert.Equal("deployments.apps", Assert.Single(summary.BlockingGaps).Resource);
    }

    [Fact]
    public async Task Without_permission_to_list_nothing_is_revoked()
    {
        Orphan();
        using var connection = await TestCluster.OpenAsync("viewer", Namespace);

        await Assert.ThrowsAsync<KubeApiException>(() => RunAsync(Sweep(connection.Objects)));

        Assert.Empty(Issuer.Revoked);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(150, null)]
    [InlineData(null, 0)]
    [InlineData(null, 150)]
    public async Task A_truncated_list_is_not_a_list(int? cutAfter, int? endAfter)
    {
        Orphan();
        await PodAsync(Record());
        using var proxy = new FaultProxy(request => IsListOf(request, "pods") ? new FaultProxy.Fault { CutAfter = cutAfter, EndAfter = endAfter } : null);
        using var connection = await proxy.OpenAsync(Namespace);

        var summary = await RunAsync(Sweep(connection.Objects));

        Assert.Empty(Issuer.Revoked);
        Assert.Equal("pods", Assert.Single(summary.BlockingGaps).Resource);
    }

    [Fact]
    public async Task A_list_whose_second_page_fails_is_not_a_list()
    {
        Orphan();
        using var store = new Store();
        var answers = 0;
        using var proxy = new FaultProxy(request => IsListOf(request, "pods") && request.Path.Contains("continue=", StringComparison.Ordinal) && ++answers > 0 ? FaultProxy.Fault.Error(500, KubeApiReason.InternalError) : null);
        using var connection = await proxy.OpenAsync(Namespace);
        await store.PutPodsAsync(Namespace, Enumerable.Range(0, 501).Select(i => ($"pod-{i}", $$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"pod-{{{i}}}","namespace":"{{{Namespace}}}","uid":"{{{Guid.NewGuid()}}}"},"spec":{"containers":[{"name":"app","image":"app"}]}}""")));
        try
        {
            Assert.Equal("pods", Assert.Single((await RunAsync(Sweep(connection.Objects))).BlockingGaps).Resource);
        }
        finally
        {
            await store.DeletePodsAsync(Namespace);
        }

        Assert.InRange(answers, 1, int.MaxValue);
        Assert.Empty(Issuer.Revoked);
    }

    [Fact]
    public async Task If_PostgreSQL_is_down_during_a_sweep_nothing_is_lost_and_the_next_sweep_finishes()
    {
        var role = await TestDatabase.CreateRoleAsync();
        using var relay = new TcpRelay((TestDatabase.Host, TestDatabase.Port));
        using var issuer = new PostgreSqlIssuer(new PostgreSqlOptions
        {
            ConnectionString = new SensitiveString(TestDatabase.Superuser.Reveal().Replace($"{TestDatabase.Host}:{TestDatabase.Port}", relay.Server.Authority, StringComparison.Ordinal)),
        });
        var (living, orphan) = (await IssueAsync(issuer, Leases, role), await IssueAsync(issuer, Leases, role));
        await AgeAsync(Leases, living.Record);
        await PodAsync(living.Record);
        relay.IsDown = true;
        relay.Cut();

        var failed = await RunAsync(Sweep(issuer: issuer, options: Options with { GracePeriod = TimeSpan.Zero }));

        Assert.Equal((2, 0, 0), (failed.Failed, failed.Renewed, failed.Revoked));
        Assert.All(failed.Failures, failure => Assert.Contains("PostgreSQL at", failure.Error.Message, StringComparison.Ordinal));
        Assert.Equal(2, Leases.Records.Count);
        relay.IsDown = false;

        var finished = await RunAsync(Sweep(issuer: issuer, options: Options with { GracePeriod = TimeSpan.Zero }));

        Assert.Equal((0, 1, 1), (finished.Failed, finished.Renewed, finished.Revoked));
        Assert.True(await TestDatabase.CanLogInAsync(living.Credential));
        Assert.False(await TestDatabase.CanLogInAsync(orphan.Credential));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task If_the_API_server_stops_during_a_sweep_nothing_is_lost_and_the_next_sweep_finishes(int deletionsBefore)
    {
        var role = await TestDatabase.CreateRoleAsync();
        using var issuer = new PostgreSqlIssuer(new PostgreSqlOptions { ConnectionString = TestDatabase.Superuser });
        var leases = new KubeLeaseStore(Connection.Objects, Namespace);
        var issued = new List<IssuedLease>();
        for (var i = 0; i < 6; i++)
            issued.Add(await IssueAsync(issuer, leases, role));
        await AgeAsync(leases, issued[0].Record);
        await PodAsync(issued[0].Record);
        var left = deletionsBefore;
        using var proxy = new FaultProxy(request => request.Method == "DELETE" && Interlocked.Decrement(ref left) < 0 || Volatile.Read(ref left) < 0 ? new FaultProxy.Fault { CutAfter = 0 } : null);
        using var connection = await proxy.OpenAsync(Namespace);
        var options = Options with { GracePeriod = TimeSpan.Zero };

        var failed = await RunAsync(Sweep(connection.Objects, issuer, new KubeLeaseStore(connection.Objects, Namespace), options));

        Assert.InRange(failed.Failed, 1, 6);
        Assert.All(failed.Failures, failure => Assert.IsType<KubeConnectionException>(failure.Error));
        Assert.True(await TestDatabase.CanLogInAsync(issued[0].Credential));
        await AgeAsync(leases, issued[0].Record);

        var finished = await RunAsync(Sweep(issuer: issuer, leases: leases, options: options));

        Assert.Equal((0, 1), (finished.Failed, finished.Renewed));
        Assert.Equal(issued[0].Record.Uuid, Assert.Single(await leases.ListAsync(CancellationToken.None)).Uuid);
        foreach (var lease in issued)
            Assert.Equal(lease == issued[0], await TestDatabase.CanLogInAsync(lease.Credential));
    }

    /// <summary>Writes the record of a lease as if it were an hour old, so that it has to be renewed.</summary>
    private static Task AgeAsync(ILeaseStore leases, LeaseRecord record) => leases.WriteAsync(record with { RecordedAt = record.RecordedAt - TimeSpan.FromHours(1) }, CancellationToken.None);

    /// <summary>Creates a live owner of a lease: a pod or a workload.</summary>
    private async Task OwnAsync(LeaseRecord record, bool byPod)
    {
        if (byPod)
            await PodAsync(record);
        else
            await TestCluster.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{Namespace}/podtemplates", $$$"""{"metadata":{"name":"orders"},"template":{"metadata":{"annotations":{"{{{InjectionAnnotation.Uuid}}}":"{{{record.Uuid}}}"}},"spec":{"containers":[{"name":"app","image":"app"}]} } }""");
    }

    private static bool IsListOf(FaultProxy.Request request, string resource) =>
        request.Method == "GET" && request.Path.Split('?')[0].EndsWith($"/{resource}", StringComparison.Ordinal);

    private Task<IssuedLease> IssueAsync(ICredentialIssuer issuer, ILeaseStore leases, string role) => new CredentialSource(issuer, leases).IssueAsync(
        new CredentialRequest(Guid.NewGuid(), "orders", role, "databases", new ObjectReference("Pod", Namespace, "orders"), "default"), CancellationToken.None);
}
