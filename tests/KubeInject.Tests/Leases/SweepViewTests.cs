using KubeInject.Leases;

namespace KubeInject.Tests.Leases;

/// <summary>The records and owners that a sweep reads again for its revocations.</summary>
public sealed class SweepViewTests
{
    private readonly SweepSimulation simulation = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_owner_that_appears_after_the_plan_keeps_its_lease(bool isComplete)
    {
        var record = simulation.Record(record => record with { IsComplete = isComplete });
        var sweep = simulation.Sweep();
        var plan = await sweep.PlanAsync(CancellationToken.None);
        simulation.Live(record);

        var summary = await sweep.RunAsync(plan, null, CancellationToken.None);

        Assert.Empty(simulation.Issuer.Revoked);
        Assert.Equal((1, 0, true), (summary.Kept, summary.Failed, summary.IsComplete));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public async Task Without_a_maximum_age_owners_are_read_again_right_before_each_batch_of_revocations(int concurrency)
    {
        simulation.Options = new LeaseOptions { Concurrency = concurrency, MaxViewAge = TimeSpan.Zero };
        var records = Enumerable.Range(0, 64).Select(_ => simulation.Record()).OrderBy(record => record.Uuid).ToList();
        var revoked = 0;
        simulation.Issuer.OnRevoke = _ =>
        {
            // All leases that the sweep has not processed yet get an owner.
            if (++revoked == 1)
                records.Skip(2 * concurrency).ToList().ForEach(simulation.Live);
        };

        var summary = await simulation.RunAsync();

        Assert.Empty(simulation.Issuer.Revoked.Intersect(simulation.Living.Keys));
        Assert.Equal(64 - simulation.Issuer.Revoked.Count, summary.Kept);
        Assert.NotEmpty(simulation.Living);
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(2, 4)] // a reading ends at the age of 2 seconds
    [InlineData(3, 5)]
    [InlineData(20, 39)]
    public async Task The_owners_of_a_revocation_were_read_five_seconds_or_twice_the_duration_of_the_reading_before_at_most(int readingTakes, int oldest)
    {
        simulation.Options = new LeaseOptions { Concurrency = 1 };
        for (var i = 0; i < 100; i++)
            simulation.Record();
        simulation.ReadingTakes = TimeSpan.FromSeconds(readingTakes);
        var ages = new List<int>();
        simulation.Issuer.OnRevoke = _ =>
        {
            ages.Add((int)(simulation.Time.GetUtcNow() - simulation.ReadAt).TotalSeconds);
            simulation.Time.Advance(TimeSpan.FromSeconds(1));
        };

        await simulation.RunAsync();

        Assert.Equal((100, readingTakes, oldest), (ages.Count, ages.Min(), ages.Max()));
    }

    [Fact]
    public async Task An_owner_that_appears_during_a_sweep_keeps_its_lease_after_five_seconds_at_the_latest()
    {
        simulation.Options = new LeaseOptions { Concurrency = 1 };
        var records = Enumerable.Range(0, 20).Select(_ => simulation.Record()).ToList();
        simulation.Issuer.OnRevoke = _ =>
        {
            records.ForEach(simulation.Live);
            simulation.Time.Advance(TimeSpan.FromSeconds(1));
        };

        var summary = await simulation.RunAsync();

        Assert.Equal((5, 15), (summary.Revoked, summary.Kept));
    }

    [Theory]
    [InlineData(5000, 21)] // one for the plan, and one for every five leases
    [InlineData(50, 2)]
    public async Task Reading_the_cluster_takes_at_most_half_of_the_time(int milliseconds, int readings)
    {
        simulation.Options = new LeaseOptions { Concurrency = 1 };
        for (var i = 0; i < 100; i++)
            simulation.Record();
        simulation.ReadingTakes = TimeSpan.FromMilliseconds(milliseconds);
        simulation.Issuer.OnRevoke = _ => simulation.Time.Advance(simulation.ReadingTakes / 5);

        await simulation.RunAsync();

        Assert.Equal((100, readings), (simulation.Issuer.Revoked.Count, simulation.Readings));
    }

    [Fact]
    public async Task If_no_lease_needs_an_action_nothing_is_read_or_called()
    {
        for (var i = 0; i < 100; i++)
            simulation.Live(simulation.Record(record => record with { IsRenewable = false }));

        await simulation.RunAsync();

        Assert.Equal((1, 0), (simulation.Readings, simulation.Store.Finds));
    }

    [Theory]
    [InlineData(3, 0, 2)]
    [InlineData(2, 2, 1)] // 5 % of the leases
    public async Task If_many_leases_are_revoked_their_records_are_read_again_in_lists(int revoked, int finds, int lists)
    {
        simulation.Store.ListsPages = true;
        for (var i = 0; i < 40; i++)
        {
            var record = simulation.Record(record => record with { IsRenewable = false });
            if (i >= revoked)
                simulation.Live(record);
        }

        var summary = await simulation.RunAsync();

        Assert.Equal((revoked, finds, lists), (summary.Revoked, simulation.Store.Finds, simulation.Store.Lists));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_record_that_was_rewritten_or_removed_after_the_plan_is_not_revoked(bool listsPages)
    {
        simulation.Store.ListsPages = listsPages;
        var (changed, removed) = (simulation.Record(), simulation.Record(record => record with { IsComplete = false }));
        var sweep = simulation.Sweep();
        var plan = await sweep.PlanAsync(CancellationToken.None);
        simulation.Store.Records[changed.Uuid] = changed with { RenewedAt = simulation.Time.GetUtcNow() };
        simulation.Store.Records.TryRemove(removed.Uuid, out _);

        var summary = await sweep.RunAsync(plan, null, CancellationToken.None);

        Assert.Empty(simulation.Issuer.Revoked);
        Assert.Equal(2, summary.Kept);
    }
}
