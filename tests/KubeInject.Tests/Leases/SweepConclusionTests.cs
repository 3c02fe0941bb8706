using KubeInject.Credentials;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.Tests.Leases;

/// <summary>The conclusions of a sweep from what it has read.</summary>
public sealed class SweepConclusionTests
{
    private readonly SweepSimulation simulation = new();

    [Fact]
    public async Task A_lease_with_an_owner_is_renewed_and_one_that_certainly_has_none_is_revoked()
    {
        var (living, gone) = (simulation.Record(), simulation.Record());
        simulation.Live(living);

        var summary = await simulation.RunAsync();

        Assert.Equal([living.Uuid], simulation.Issuer.Renewed);
        Assert.Equal([gone.Uuid], simulation.Issuer.Revoked);
        Assert.Equal((2, 1, 1, 0, true), (summary.Total, summary.Renewed, summary.Revoked, summary.Kept, summary.IsComplete));
    }

    [Theory]
    [InlineData(-19, null, 41, 0, false)]
    [InlineData(-20, null, 40, 0, true)]
    [InlineData(-600, -19, 41, 0, false)] // counted from the last renewal
    [InlineData(-600, -21, 39, 0, true)]
    [InlineData(-19, null, 41, 2, true)] // by the clock of the store
    [InlineData(-19, null, 41, -600, false)]
    [InlineData(1, null, 61, 0, true)] // from the future, so a clock is wrong
    [InlineData(-1, null, -2, 0, true)] // it ends before it begins
    [InlineData(null, null, 60, 0, true)]
    [InlineData(-1, null, null, 0, true)]
    public async Task A_lease_needs_its_source_only_after_a_third_of_the_time_that_was_granted_last(int? recorded, int? renewed, int? end, int storeAhead, bool isDue)
    {
        DateTimeOffset? At(int? minutes) => minutes is { } count ? simulation.Time.GetUtcNow().AddMinutes(count) : null;
        var record = simulation.Record(record => record with { RecordedAt = At(recorded), RenewedAt = At(renewed), ExpiresAt = At(end) });
        simulation.Store.Offset = TimeSpan.FromMinutes(storeAhead);
        simulation.Live(record);

        var summary = await simulation.RunAsync();

        Assert.Equal(isDue ? [record.Uuid] : [], simulation.Issuer.Renewed);
        Assert.Equal((isDue ? 1 : 0, isDue ? 0 : 1, true), (summary.Renewed, summary.Kept, summary.IsComplete));
        if (isDue)
            return;
        Assert.Same(record, simulation.Store.Records[record.Uuid]);
        Assert.Equal((0, 1), (simulation.Store.Finds, simulation.Readings));
    }

    [Fact]
    public async Task An_incomplete_record_with_an_owner_is_never_revoked_whatever_its_planned_action()
    {
        var record = simulation.Record(record => record with { IsComplete = false });
        simulation.Live(record);

        await simulation.RunAsync();

        Assert.Empty(simulation.Issuer.Revoked);
        Assert.Contains(record.Uuid, simulation.Store.Records.Keys);
    }

    [Fact]
    public async Task Unreadable_resources_stop_revocation_but_not_renewal()
    {
        var (living, gone, broken) = (simulation.Record(), simulation.Record(), simulation.Record(record => record with { IsComplete = false }));
        simulation.Live(living);
        simulation.Gaps.Add(new OwnerGap(OwnerGapKind.Workloads, "deployments.apps", "forbidden") { MissingRight = "list deployments.apps in all namespaces" });

        var summary = await simulation.RunAsync();

        Assert.Equal([living.Uuid], simulation.Issuer.Renewed);
        Assert.Empty(simulation.Issuer.Revoked);
        Assert.Equal([gone.Uuid, broken.Uuid], simulation.Store.Records.Keys.Except([living.Uuid]).ToHashSet());
        Assert.False(summary.IsComplete);
        Assert.Contains("list deployments.apps in all namespaces", Assert.Single(summary.BlockingGaps).ToString(), StringComparison.Ordinal);
        Assert.Equal((LeaseKeepReason.OwnersNotSeen, 2), (Assert.Single(summary.Skipped).Reason, summary.Skipped[0].Leases.Count));
    }

    [Fact]
    public async Task Resources_that_become_unreadable_right_before_a_revocation_stop_it()
    {
        simulation.Record();
        var sweep = simulation.Sweep();
        var plan = await sweep.PlanAsync(CancellationToken.None);
        simulation.Gaps.Add(new OwnerGap(OwnerGapKind.Workloads, "pods", "forbidden"));

        var summary = await sweep.RunAsync(plan, null, CancellationToken.None);

        Assert.Empty(simulation.Issuer.Revoked);
        Assert.Equal("pods", Assert.Single(summary.BlockingGaps).Resource);
    }

    [Theory]
    [InlineData("Pod", 1)]
    [InlineData("Deployment", 1)]
    [InlineData("Rollout", 0)]
    [InlineData("", 0)]
    public async Task Unreadable_custom_resources_matter_for_leases_of_custom_kinds(string kind, int revoked)
    {
        simulation.Record(record => record with { Owner = record.Owner with { Kind = kind } });
        simulation.Gaps.Add(new OwnerGap(OwnerGapKind.CustomResources, "rollouts.argoproj.io", "forbidden"));

        var summary = await simulation.RunAsync();

        Assert.Equal((revoked, revoked == 1), (simulation.Issuer.Revoked.Count, summary.IsComplete));
    }

    // By how many minutes the clock of the writer is behind ours, and the clock of the store is ahead of ours. The
    // lease is two minutes old, and the grace period is five minutes.
    [Theory]
    [InlineData(0, 0)]
    [InlineData(40, 0)] // an injector behind
    [InlineData(-40, 0)] // or ahead
    [InlineData(0, -6)] // a sweeper ahead
    [InlineData(0, 6)] // or behind
    [InlineData(40, -6)]
    [InlineData(-100_000, 0)]
    [InlineData(0, 100_000)]
    public async Task A_lease_within_its_grace_period_is_kept_whatever_the_clocks_are(int recorderBehind, int keeperAhead)
    {
        var created = simulation.Time.GetUtcNow().AddMinutes(-2);
        simulation.Record(record => record with { RecordedAt = created.AddMinutes(keeperAhead - recorderBehind) });
        simulation.Store.Offset = TimeSpan.FromMinutes(keeperAhead);
        simulation.Store.StoredAt = _ => created.AddMinutes(keeperAhead);

        var summary = await simulation.RunAsync();

        Assert.Empty(simulation.Issuer.Revoked);
        Assert.Equal(1, summary.Kept);
        Assert.Equal(recorderBehind != 0 || keeperAhead != 0, summary.Notice?.Contains("clock", StringComparison.Ordinal) == true);
    }

    [Theory]
    [InlineData("unknown store time")]
    [InlineData("recorded in the future")]
    [InlineData("stored in the future")]
    [InlineData("recorded and stored two thousand years ago")]
    public async Task An_impossible_age_is_ignored(string how)
    {
        simulation.Record(record => how switch
        {
            "recorded in the future" => record with { RecordedAt = simulation.Time.GetUtcNow().AddHours(1) },
            "recorded and stored two thousand years ago" => record with { RecordedAt = default(DateTimeOffset) },
            _ => record,
        });
        simulation.Store.StoredAt = how switch
        {
            "unknown store time" => _ => null,
            "stored in the future" => _ => simulation.Time.GetUtcNow().AddHours(1),
            "recorded and stored two thousand years ago" => _ => default(DateTimeOffset),
            _ => simulation.Store.StoredAt,
        };

        var summary = await simulation.RunAsync();

        Assert.Empty(simulation.Issuer.Revoked);
        Assert.Equal(LeaseKeepReason.UnknownAge, Assert.Single(summary.Skipped).Reason);
    }

    [Fact]
    public async Task The_age_of_a_record_of_another_injector_comes_from_its_store()
    {
        var (young, old) = (simulation.Record(record => record with { RecordedAt = null }), simulation.Record(record => record with { RecordedAt = null }));
        simulation.Store.StoredAt = record => simulation.Time.GetUtcNow().AddMinutes(record.Uuid == young.Uuid ? -4 : -6);

        await simulation.RunAsync();

        Assert.Equal([old.Uuid], simulation.Issuer.Revoked);
    }

    [Fact]
    public async Task A_record_of_another_cluster_is_skipped_and_reported()
    {
        var record = simulation.Record(record => record with { ClusterUid = "another-cluster" });
        var copied = simulation.Record(record => record with { ClusterUid = "another-cluster" });
        simulation.Live(copied);

        var summary = await simulation.RunAsync();

        Assert.Empty(simulation.Issuer.Revoked.Concat(simulation.Issuer.Renewed));
        Assert.Equal((LeaseKeepReason.OtherCluster, 2, true), (Assert.Single(summary.Skipped).Reason, summary.Skipped[0].Leases.Count, summary.IsComplete));
        Assert.Contains("another cluster", summary.Notice, StringComparison.Ordinal);
        Assert.Contains(record.Uuid, simulation.Store.Records.Keys);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_record_without_a_cluster_in_a_folder_belongs_to_this_cluster_once_its_owner_is_seen_here(bool isRenewable)
    {
        simulation.Store.Scope = LeaseStoreScope.AnyCluster;
        var (living, gone) = (simulation.Record(Nameless), simulation.Record(Nameless));
        simulation.Live(living);

        var summary = await simulation.RunAsync();

        Assert.Empty(simulation.Issuer.Revoked);
        Assert.Equal(LeaseKeepReason.UnknownCluster, Assert.Single(summary.Skipped).Reason);
        Assert.Contains("Revoke-CredentialLease", summary.Notice, StringComparison.Ordinal);
        Assert.Equal(("this-cluster", null), (simulation.Store.Records[living.Uuid].ClusterUid, simulation.Store.Records[gone.Uuid].ClusterUid));

        simulation.Living.Clear();
        await simulation.RunAsync();
        Assert.Equal([living.Uuid], simulation.Issuer.Revoked);

        LeaseRecord Nameless(LeaseRecord record) => record with { ClusterUid = null, IsRenewable = isRenewable };
    }

    [Fact]
    public async Task A_record_without_a_cluster_belongs_to_this_cluster_if_the_store_serves_one_cluster()
    {
        var record = simulation.Record(record => record with { ClusterUid = null });

        await simulation.RunAsync();

        Assert.Equal([record.Uuid], simulation.Issuer.Revoked);
    }

    [Fact]
    public async Task A_single_cluster_store_with_records_of_another_cluster_is_treated_as_shared()
    {
        var (nameless, _) = (simulation.Record(record => record with { ClusterUid = null }), simulation.Record(record => record with { ClusterUid = "another-cluster" }));

        var summary = await simulation.RunAsync();

        Assert.Empty(simulation.Issuer.Revoked);
        Assert.Contains(summary.Skipped, leases => leases.Reason == LeaseKeepReason.UnknownCluster && leases.Leases[0].Uuid == nameless.Uuid);
    }

    [Fact]
    public async Task A_store_in_another_cluster_does_not_prove_that_a_record_belongs_to_this_one()
    {
        simulation.Store.Cluster = new ClusterIdentity("another-cluster", new Uri("https://other"));
        simulation.Record(record => record with { ClusterUid = null });

        Assert.Equal(LeaseKeepReason.UnknownCluster, Assert.Single((await simulation.RunAsync()).Skipped).Reason);
        Assert.Empty(simulation.Issuer.Revoked);
    }

    [Fact]
    public async Task A_lease_that_names_a_cluster_is_revoked_only_if_the_current_cluster_is_known()
    {
        simulation.Cluster = new ClusterIdentity(null, null);
        simulation.Gaps.Add(new OwnerGap(OwnerGapKind.Cluster, "namespaces", "forbidden") { MissingRight = "get the namespace kube-system" });
        var (gone, living) = (simulation.Record(), simulation.Record());
        simulation.Live(living);

        var summary = await simulation.RunAsync();

        Assert.Empty(simulation.Issuer.Revoked);
        Assert.Equal([living.Uuid], simulation.Issuer.Renewed);
        Assert.Contains("get the namespace kube-system", Assert.Single(summary.BlockingGaps).ToString(), StringComparison.Ordinal);
        Assert.Contains(gone.Uuid, simulation.Store.Records.Keys);
    }

    [Fact]
    public async Task An_unreadable_record_is_reported_and_counted_and_all_others_are_processed()
    {
        var (living, gone) = (simulation.Record(), simulation.Record());
        simulation.Live(living);
        simulation.Store.Unreadable.Add(new UnreadableRecord("somewhere", "It is empty."));

        var summary = await simulation.RunAsync();

        Assert.Equal([living.Uuid], simulation.Issuer.Renewed);
        Assert.Equal([gone.Uuid], simulation.Issuer.Revoked);
        Assert.Equal((2, false), (summary.Total, summary.IsComplete));
        Assert.Equal("somewhere", Assert.Single(summary.Unreadable).Location);
    }

    [Fact]
    public async Task A_namespace_limits_the_leases_but_not_the_search_for_owners()
    {
        simulation.Options = new LeaseOptions { Namespace = "shop" };
        var (elsewhere, other) = (simulation.Record(), simulation.Record(record => record with { Owner = record.Owner with { Namespace = "other" } }));
        simulation.Living[elsewhere.Uuid] = new ObjectReference("Pod", "elsewhere", "orders");

        var summary = await simulation.RunAsync();

        Assert.Equal(1, summary.Total);
        Assert.Equal([elsewhere.Uuid], simulation.Issuer.Renewed);
        Assert.Empty(simulation.Issuer.Revoked);
        Assert.Contains(other.Uuid, simulation.Store.Records.Keys);
    }

    [Fact]
    public async Task Leases_that_another_injector_revoked_are_cleaned_up_once_no_owner_is_left()
    {
        var (young, gone, living) = (simulation.Record(record => record with { RecordedAt = simulation.Time.GetUtcNow() }), simulation.Record(), simulation.Record());
        foreach (var record in new[] { young, gone, living })
            simulation.Store.RevokedByOthers[record.Uuid] = simulation.Store.Records.TryRemove(record.Uuid, out var removed) ? removed : record;
        simulation.Live(living);

        var summary = await simulation.RunAsync();

        Assert.Equal(0, summary.Total);
        Assert.Equal([gone.Uuid], simulation.Issuer.Revoked);
        Assert.Equal(new[] { young.Uuid, living.Uuid }.ToHashSet(), simulation.Store.RevokedByOthers.Keys.ToHashSet());
    }
}
