using Microsoft.Extensions.Time.Testing;

namespace KubeInject.Tests;

public sealed class TimeLimitTests
{
    private readonly FakeTimeProvider clock = new();

    [Fact]
    public async Task Operations_share_the_time_limit_and_time_between_them_is_not_counted()
    {
        var limit = new TimeLimit(TimeSpan.FromSeconds(100), "--timeout", "The next sweep continues from there.", clock);

        Assert.Equal(1, await limit.RunAsync(_ => TakeAsync(60, 1), CancellationToken.None));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(2, await limit.RunAsync(_ => TakeAsync(39, 2), CancellationToken.None));
        var error = await Assert.ThrowsAsync<TimeoutException>(() => limit.RunAsync(Endless, CancellationToken.None));

        Assert.Equal("The operation took longer than 100 s (--timeout) and was stopped. The next sweep continues from there.", error.Message);
    }

    [Fact]
    public async Task A_cancellation_is_not_reported_as_a_timeout()
    {
        using var stop = new CancellationTokenSource();
        var limit = new TimeLimit(TimeSpan.FromSeconds(100), "--timeout", "", clock);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => limit.RunAsync(
            async token =>
            {
                await stop.CancelAsync();
                return await Endless(token);
            },
            stop.Token));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(90_000_000)]
    public async Task Without_a_limit_an_operation_can_take_any_time(int? seconds)
    {
        var limit = new TimeLimit(seconds is null ? null : TimeSpan.FromSeconds(seconds.Value), "--timeout", "", clock);
        Assert.Equal(3, await limit.RunAsync(_ => TakeAsync(1_000_000, 3), CancellationToken.None));
    }

    private Task<int> TakeAsync(int seconds, int result)
    {
        clock.Advance(TimeSpan.FromSeconds(seconds));
        return Task.FromResult(result);
    }

    private async Task<int> Endless(CancellationToken cancellationToken)
    {
        while (true)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
