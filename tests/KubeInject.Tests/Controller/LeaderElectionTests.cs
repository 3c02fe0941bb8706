using KubeInject.Controller;
using Microsoft.Extensions.Time.Testing;

namespace KubeInject.Tests.Controller;

/// <summary>At most one process leads at any time, and another one follows.</summary>
public sealed class LeaderElectionTests : IAsyncDisposable
{
    private static readonly LeaderElectionOptions Options = new();

    private readonly FakeTimeProvider time = new();
    private readonly MemoryLease lease = new();
    private readonly List<Candidate> candidates = [];

    [Fact]
    public async Task The_first_process_leads_and_the_second_waits()
    {
        var (first, second) = (await StartAsync("a"), await StartAsync("b"));

        await AdvanceAsync(TimeSpan.FromMinutes(10));

        Assert.Equal((true, false), (first.IsActing, second.IsActing));
        Assert.Equal(("a", 1), (lease.Record!.Holder, candidates.Count(candidate => candidate.Terms > 0)));
    }

    [Fact]
    public async Task A_leader_that_ends_is_followed_at_once()
    {
        var (first, second) = (await StartAsync("a"), await StartAsync("b"));
        await AdvanceAsync(TimeSpan.FromSeconds(30));

        await first.StopAsync();
        await AdvanceAsync(Options.RetryPeriod + TimeSpan.FromSeconds(1));

        await UntilAsync(() => second.IsActing);
    }

    [Fact]
    public async Task A_leader_that_is_killed_is_followed_after_the_duration()
    {
        var (first, second) = (await StartAsync("a"), await StartAsync("b"));
        await AdvanceAsync(TimeSpan.FromSeconds(30));

        first.Kill();
        await AdvanceAsync(Options.RenewDeadline);
        Assert.False(second.IsActing);
        await AdvanceAsync(Options.Duration - Options.RenewDeadline + (Options.RetryPeriod * 2));

        await UntilAsync(() => second.IsActing);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_leader_that_is_cut_off_stops_before_another_leads(bool hangs)
    {
        var (first, second) = (await StartAsync("a"), await StartAsync("b"));
        await AdvanceAsync(TimeSpan.FromSeconds(30));
        await UntilAsync(() => first.IsActing);

        (first.Lock.Hangs, first.Lock.IsCutOff) = (hangs, !hangs);
        for (var elapsed = 0; elapsed < 30; elapsed++)
        {
            await AdvanceAsync(TimeSpan.FromSeconds(1));
            Assert.False(first.IsActing && second.IsActing);
        }

        await UntilAsync(() => second.IsActing && !first.IsActing);
    }

    [Fact]
    public async Task A_short_interruption_does_not_end_the_leadership()
    {
        var (first, second) = (await StartAsync("a"), await StartAsync("b"));
        await AdvanceAsync(TimeSpan.FromSeconds(30));

        first.Lock.IsCutOff = true;
        await AdvanceAsync(Options.RenewDeadline - (Options.RetryPeriod * 2));
        first.Lock.IsCutOff = false;
        await AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.Equal((true, 1, false), (first.IsActing, first.Terms, second.IsActing));
    }

    [Fact]
    public async Task A_process_with_a_wrong_clock_does_not_take_a_valid_Lease()
    {
        var first = await StartAsync("a");
        await AdvanceAsync(TimeSpan.FromSeconds(30));
        var second = await StartAsync("b", new FakeTimeProviderAhead(time, TimeSpan.FromDays(1)));

        await AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.Equal((true, false), (first.IsActing, second.IsActing));
    }

    [Fact]
    public async Task Work_that_fails_releases_the_Lease()
    {
        var first = await StartAsync("a", failure: new InvalidOperationException("broken"));
        var second = await StartAsync("b");

        // Each process tries again after a period, and the first can be faster several times.
        await UntilAsync(() => second.IsActing, Options.RetryPeriod);

        Assert.Contains(first.Messages, message => message is { IsWarning: true, Text: "The work of the leader has failed: broken" });
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var candidate in candidates)
        {
            candidate.Kill();
            await candidate.StopAsync();
            candidate.Dispose();
        }
    }

    private async Task<Candidate> StartAsync(string identity, TimeProvider? clock = null, Exception? failure = null)
    {
        candidates.Add(new Candidate(identity, lease, clock ?? time) { Failure = failure });
        await Task.Run(candidates[^1].Start);
        return candidates[^1];
    }

    /// <summary>Lets time pass in small steps. After each, the processes continue, which also takes turns on other threads.</summary>
    private Task AdvanceAsync(TimeSpan duration) => Task.Run(async () =>
    {
        var step = TimeSpan.FromMilliseconds(500);
        for (var passed = TimeSpan.Zero; passed < duration; passed += step)
        {
            time.Advance(step);
            for (var turn = 0; turn < 20; turn++)
                await Task.Run(() => { });
        }
    });

    /// <summary>Waits until the processes have continued on other threads.</summary>
    /// <param name="isReached">Whether they have.</param>
    /// <param name="period">How much time passes before each further look. Default: none.</param>
    private async Task UntilAsync(Func<bool> isReached, TimeSpan period = default)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!isReached())
        {
            Assert.False(limit.IsCancellationRequested);
            await AdvanceAsync(period);
            await Task.Run(() => { });
        }
    }

    private sealed class Candidate(string identity, MemoryLease lease, TimeProvider time) : IProgress<ServerMessage>, IDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private Task running = Task.CompletedTask;
        private CancellationToken? term;
        private bool isDead;

        public MemoryLeaderLock Lock { get; } = new(lease);

        public List<ServerMessage> Messages { get; } = [];

        public bool IsActing => !isDead && term is { IsCancellationRequested: false };

        public int Terms { get; private set; }

        public Exception? Failure { get; init; }

        public void Start() => running = new LeaderElection(Lock, identity, Options, time, this).RunAsync(LeadAsync, stop.Token);

        /// <summary>The process does nothing any more.</summary>
        public void Kill() => (Lock.Hangs, isDead) = (true, true);

        public async Task StopAsync()
        {
            await stop.CancelAsync();
            if (!Lock.Hangs)
                await running;
        }

        public void Dispose() => stop.Dispose();

        public void Report(ServerMessage value) => Messages.Add(value);

        private async Task LeadAsync(CancellationToken cancellationToken)
        {
            Terms++;
            if (Failure is not null)
                throw Failure;
            term = cancellationToken;
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }

    private sealed class FakeTimeProviderAhead(FakeTimeProvider time, TimeSpan offset) : TimeProvider
    {
        public override long TimestampFrequency => time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + offset;

        public override long GetTimestamp() => time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(callback, state, dueTime, period);
    }
}
