using KubeInject.Annotations;
using KubeInject.Credentials;
using KubeInject.IntegrationTests.Kubernetes;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;
using Microsoft.Extensions.Time.Testing;

namespace KubeInject.IntegrationTests.Leases;

public sealed class LeaseSweepTests : SweepTest
{
    private const string Template = """{"metadata":{"labels":{"app":"orders"},"annotations":{"ANNOTATION":"UUID"}},"spec":{"restartPolicy":"RESTART","containers":[{"name":"app","image":"app"}]}}""";

    [Fact]
    public async Task Leases_of_a_live_pod_are_renewed_and_leases_without_an_owner_are_revoked()
    {
        var (living, orphan) = (Record(), Orphan());
        await PodAsync(living);

        await RunAsync(Sweep());

        Assert.Equal([living.Uuid], Issuer.Renewed.Keys);
        Assert.Equal([orphan.Uuid], Issuer.Revoked.Keys);
        var kept = Assert.Single(Leases.Records).Value;
        Assert.Equal(living.Uuid, kept.Uuid);
        Assert.True(kept.RenewedAt > living.RecordedAt && kept.ExpiresAt > living.ExpiresAt);
    }

    [Fact]
    public async Task Leases_of_another_server_of_the_same_kind_are_skipped_and_reported()
    {
        var record = Orphan() with { ServerName = "db:5432" };
        Leases.Records[record.Uuid] = record;

        var summary = await RunAsync(Sweep());

        Assert.Empty(Issuer.Revoked);
        Assert.Equal((0, "db:5432"), (summary.Total, Assert.Single(summary.OtherServers)));
        Assert.StartsWith("Leases of db:5432 are recorded in the same store", summary.Notice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/apis/apps/v1", "deployments", """{"selector":{"matchLabels":{"app":"orders"}},"template":TEMPLATE}""")]
    [InlineData("/apis/apps/v1", "statefulsets", """{"serviceName":"orders","selector":{"matchLabels":{"app":"orders"}},"template":TEMPLATE}""")]
    [InlineData("/apis/apps/v1", "daemonsets", """{"selector":{"matchLabels":{"app":"orders"}},"template":TEMPLATE}""")]
    [InlineData("/apis/apps/v1", "replicasets", """{"selector":{"matchLabels":{"app":"orders"}},"template":TEMPLATE}""")]
    [InlineData("/api/v1", "replicationcontrollers", """{"selector":{"app":"orders"},"template":TEMPLATE}""")]
    [InlineData("/apis/batch/v1", "jobs", """{"template":TEMPLATE}""")]
    [InlineData("/apis/batch/CRONJOBS", "cronjobs", """{"schedule":"0 0 * * *","jobTemplate":{"spec":{"template":TEMPLATE}}}""")]
    public async Task A_workload_owns_the_leases_of_its_template_even_without_a_pod(string group, string resource, string spec)
    {
        var record = Record();
        var template = Template.Replace("ANNOTATION", InjectionAnnotation.Uuid, StringComparison.Ordinal).Replace("UUID", record.Uuid.ToString(), StringComparison.Ordinal)
            .Replace("RESTART", group.Contains("batch", StringComparison.Ordinal) ? "Never" : "Always", StringComparison.Ordinal);
        var path = $"{group.Replace("CRONJOBS", (await TestCluster.DiscoverAsync(KubeResource.CronJobs)).Version, StringComparison.Ordinal)}/namespaces/{Namespace}/{resource}";
        await TestCluster.SendAsync(HttpMethod.Post, path, $$"""{"metadata":{"name":"orders"},"spec":{{spec.Replace("TEMPLATE", template, StringComparison.Ordinal)}}}""");

        var plan = Assert.Single(await Sweep().PlanAsync(CancellationToken.None));

        Assert.Equal((LeaseAction.Renew, LeaseState.Active, $"{resource[..^1]}/orders"), (plan.Action, plan.Lease.State, plan.Lease.Owner.ToString()[(Namespace.Length + 1)..]));
    }

    [Fact]
    public async Task An_old_ReplicaSet_of_a_Deployment_owns_nothing()
    {
        Record();
        var template = Template.Replace("ANNOTATION", InjectionAnnotation.Uuid, StringComparison.Ordinal).Replace("UUID", Leases.Records.Keys.Single().ToString(), StringComparison.Ordinal).Replace("RESTART", "Always", StringComparison.Ordinal);
        await TestCluster.SendAsync(HttpMethod.Post, $"/apis/apps/v1/namespaces/{Namespace}/replicasets", $$$"""
            {"metadata":{"name":"orders-1","ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"orders","uid":"{{{Guid.NewGuid()}}}","controller":true}]},
             "spec":{"replicas":0,"selector":{"matchLabels":{"app":"orders"}},"template":{{{template}}} }}
            """);

        Assert.Equal(LeaseAction.Revoke, Assert.Single(await Sweep().PlanAsync(CancellationToken.None)).Action);
    }

    [Theory]
    [InlineData(true, false, true, LeaseState.Active, LeaseAction.Keep)] // its pod may be about to come
    [InlineData(false, false, true, LeaseState.Incomplete, LeaseAction.Keep)] // it may be being issued
    [InlineData(false, false, false, LeaseState.Incomplete, LeaseAction.CleanUp)]
    [InlineData(true, true, false, LeaseState.Orphaned, LeaseAction.Revoke)]
    [InlineData(true, true, true, LeaseState.Expired, LeaseAction.Keep)]
    public async Task Without_an_owner_the_action_depends_on_age_and_completeness(bool isComplete, bool isExpired, bool isYoung, LeaseState state, LeaseAction action)
    {
        Record(isComplete, isYoung, isExpired ? DateTimeOffset.UtcNow.AddHours(-1) : null);

        var plan = Assert.Single(await Sweep().PlanAsync(CancellationToken.None));

        Assert.Equal((state, action), (plan.Lease.State, plan.Action));
    }

    [Fact]
    public async Task An_expired_lease_with_a_live_owner_is_renewed()
    {
        await PodAsync(Record(expiresAt: DateTimeOffset.UtcNow.AddHours(-1)));

        var plan = Assert.Single(await Sweep().PlanAsync(CancellationToken.None));

        Assert.Equal((LeaseState.Expired, LeaseAction.Renew), (plan.Lease.State, plan.Action));
    }

    [Fact]
    public async Task A_plan_changes_nothing()
    {
        await PodAsync(Record());
        var records = Leases.Records.Values.Append(Orphan()).ToList();

        await Sweep().PlanAsync(CancellationToken.None);

        Assert.Equal(records.OrderBy(record => record.Uuid), Leases.Records.Values.OrderBy(record => record.Uuid));
        Assert.Empty(Issuer.Renewed.Keys.Concat(Issuer.Revoked.Keys));
    }

    [Fact]
    public async Task With_a_namespace_leases_of_other_namespaces_are_skipped()
    {
        var other = Orphan();
        Leases.Records[other.Uuid] = other with { Owner = other.Owner with { Namespace = "other" } };

        Assert.Empty(await Sweep().PlanAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_pod_that_is_created_after_the_plan_keeps_its_credentials()
    {
        var (late, orphan) = (Record(), Orphan());
        var sweep = Sweep();
        var plan = await sweep.PlanAsync(CancellationToken.None);
        await PodAsync(late);

        var summary = await sweep.RunAsync(plan, null, CancellationToken.None);

        Assert.Equal([orphan.Uuid], Issuer.Revoked.Keys);
        Assert.Equal((1, 1), (summary.Revoked, summary.Kept));
    }

    [Fact]
    public async Task The_delivery_Secret_is_deleted_with_its_lease()
    {
        var (orphan, shared, living) = (Orphan(), Orphan(), Record());
        await PodAsync(living);
        foreach (var (record, name) in new[] { (orphan, "orphaned"), (shared, "gone-already"), (living, "living") })
            Leases.Records[record.Uuid] = record with { Secret = new ObjectReference("Secret", Namespace, name) };
        foreach (var name in new[] { "orphaned", "living", "other" })
            await SecretAsync(name, name == "orphaned" ? orphan.Uuid : living.Uuid);

        var summary = await RunAsync(Sweep());

        Assert.Equal((2, 0, null), (summary.Revoked, summary.Failed, summary.Notice));
        Assert.Equal("secret/living\nsecret/other", (await Command.KubectlAsync("get", "secrets", "--namespace", Namespace, "--output=name")).Trim());
    }

    [Theory]
    [InlineData("no label")]
    [InlineData("another lease's label")]
    [InlineData("another manager")]
    [InlineData("another type")]
    public async Task A_Secret_of_another_lease_is_kept_whatever_the_record_says(string difference)
    {
        var orphan = Orphan();
        Leases.Records[orphan.Uuid] = orphan with { Secret = new ObjectReference("Secret", Namespace, "precious") };
        await SecretAsync(
            "precious",
            difference is "no label" ? null : difference is "another lease's label" ? Guid.NewGuid() : orphan.Uuid,
            difference is "another manager" ? "someuser" : "kubeinject",
            difference is "another type" ? "example.com/other" : "Opaque");

        var summary = await RunAsync(Sweep());

        Assert.Equal([orphan.Uuid], Issuer.Revoked.Keys);
        Assert.Empty(Leases.Records);
        Assert.Equal("secret/precious", (await Command.KubectlAsync("get", "secrets", "--namespace", Namespace, "--output=name")).Trim());
        Assert.Contains($"{Namespace}/secret/precious", summary.Notice, StringComparison.Ordinal);
        Assert.Equal((1, 0), (summary.Revoked, summary.Failed));
    }

    [Fact]
    public async Task The_check_of_a_Secret_is_part_of_the_request_that_deletes_it()
    {
        var orphan = Orphan();
        Leases.Records[orphan.Uuid] = orphan with { Secret = new ObjectReference("Secret", Namespace, "delivered") };
        await SecretAsync("delivered", orphan.Uuid);
        var deletions = new List<FaultProxy.Request>();
        using var proxy = new FaultProxy(request =>
        {
            // The Secret is replaced between its check and its deletion.
            if (request.Method != "DELETE")
                return null;
            deletions.Add(request);
            if (deletions.Count == 2)
            {
                Command.KubectlAsync("delete", "secret", "delivered", "--namespace", Namespace).GetAwaiter().GetResult();
                SecretAsync("delivered", orphan.Uuid).GetAwaiter().GetResult();
            }

            return null;
        });
        using var connection = await proxy.OpenAsync(Namespace);
        var sweep = new LeaseSweep(new CredentialSource(Issuer, Leases, connection.Objects), Connection.Objects, Options);

        var summary = await RunAsync(sweep);

        Assert.Equal((2, 1), (deletions.Count, summary.Failed));
        Assert.Contains("\"uid\"", System.Text.Encoding.UTF8.GetString(deletions[1].Body), StringComparison.Ordinal);
        Assert.Equal("secret/delivered", (await Command.KubectlAsync("get", "secrets", "--namespace", Namespace, "--output=name")).Trim());
        Assert.Contains(orphan.Uuid, Leases.Records.Keys);
    }

    [Fact]
    public async Task The_summary_adds_up_and_one_failure_does_not_stop_the_others()
    {
        var (broken, ended, living) = (Orphan(), Record(), Record());
        var orphan = Orphan();
        var old = Record(isComplete: false);
        Record(isYoung: true);
        await PodAsync(ended, living);
        Issuer = new SweepIssuer(handle =>
            handle.Uuid == broken.Uuid ? new CredentialException(CredentialFailure.Unavailable, "down")
            : handle.Uuid == ended.Uuid ? new CredentialException(CredentialFailure.LeaseEnded, "ended") : null);
        var progress = new List<LeaseProgress>();
        var sweep = Sweep();

        var summary = await sweep.RunAsync(await sweep.PlanAsync(CancellationToken.None), new Reports(progress), CancellationToken.None);

        Assert.Equal((6, 1, 1, 1, 1, 2), (summary.Total, summary.Renewed, summary.Revoked, summary.CleanedUp, summary.Kept, summary.Failed));
        Assert.Equal(new[] { broken.Uuid, ended.Uuid }.Order(), summary.Failures.Select(failure => failure.Lease.Uuid));
        Assert.Equal(ended.Uuid, Assert.Single(summary.Failures, failure => failure.HasEnded).Lease.Uuid);
        Assert.Equal([1, 2, 3, 4, 5], progress.Select(report => report.Done).Order());
        Assert.All(progress, report => Assert.Equal(5, report.Total));
        Assert.DoesNotContain(orphan.Uuid, Leases.Records.Keys);
        Assert.DoesNotContain(old.Uuid, Leases.Records.Keys);
        Assert.Contains(broken.Uuid, Leases.Records.Keys);
    }

    [Fact]
    public async Task Concurrent_sweeps_revoke_nothing_of_a_new_pod()
    {
        const int Rounds = 8;
        const int PodsOfARound = 12;
        var time = new FakeTimeProvider();
        Leases.Time = time;
        var source = new CredentialSource(Issuer, Leases, Connection.Objects, time);
        using var stop = new CancellationTokenSource();
        var sweeps = 0;
        var sweeping = SweepAsync();
        var living = new List<Guid>();
        for (var round = 0; round < Rounds; round++)
        {
            // Half of the leases get an owner at some time before the grace period ends, while sweeps are
            // running.
            var uuids = Enumerable.Range(0, PodsOfARound * 2).Select(_ => Guid.NewGuid()).ToList();
            await Task.WhenAll(uuids.Select(uuid => source.IssueAsync(new CredentialRequest(uuid, "orders", "orders", "databases", new ObjectReference("Pod", Namespace, "orders"), "default"), CancellationToken.None)));
            await Task.WhenAll(uuids.Take(PodsOfARound).Select(uuid => PodAsync([uuid])));
            living.AddRange(uuids.Take(PodsOfARound));
            time.Advance(Options.GracePeriod + TimeSpan.FromSeconds(1));
        }

        await stop.CancelAsync();
        await sweeping;
        await RunAsync(new LeaseSweep(source, Connection.Objects, Options));

        Assert.InRange(sweeps, 2, int.MaxValue);
        Assert.Empty(Issuer.Revoked.Keys.Intersect(living));
        Assert.Equal(Rounds * PodsOfARound, Issuer.Revoked.Count);
        Assert.Equal(living.Order(), Leases.Records.Keys.Order());

        async Task SweepAsync()
        {
            while (!stop.IsCancellationRequested)
            {
                Assert.Empty((await RunAsync(new LeaseSweep(source, Connection.Objects, Options))).Failures);
                sweeps++;
            }
        }
    }

    private Task<System.Text.Json.JsonElement> SecretAsync(string name, Guid? lease, string manager = "kubeinject", string type = "Opaque") => TestCluster.SendAsync(
        HttpMethod.Post, $"/api/v1/namespaces/{Namespace}/secrets",
        $$$"""{"metadata":{"name":"{{{name}}}","labels":{"app.kubernetes.io/managed-by":"{{{manager}}}"{{{(lease is null ? "" : $",\"lease.kubeinject.io/{lease}\":\"\"")}}}}},"type":"{{{type}}}"}""");

    private sealed class Reports(List<LeaseProgress> reports) : IProgress<LeaseProgress>
    {
        public void Report(LeaseProgress value)
        {
            lock (reports)
                reports.Add(value);
        }
    }
}
