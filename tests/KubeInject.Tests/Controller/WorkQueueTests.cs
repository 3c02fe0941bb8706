using KubeInject.Controller;
using Microsoft.Extensions.Time.Testing;

namespace KubeInject.Tests.Controller;

/// <summary>A key is processed by one worker at a time, and less often the more often it fails.</summary>
public sealed class WorkQueueTests : IDisposable
{
    private readonly FakeTimeProvider time = new();
    private readonly WorkQueue<string> queue;

    public WorkQueueTests() => queue = new WorkQueue<string>(time, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));

    public void Dispose() => queue.Dispose();

    [Fact]
    public void A_key_is_in_the_queue_once()
    {
        queue.Add("a");
        queue.Add("a");
        queue.Add("b");

        Assert.Equal(2, queue.Length);
    }

    [Fact]
    public async Task A_key_that_is_added_while_it_is_processed_is_processed_again_afterwards()
    {
        queue.Add("a");
        var key = await TakeAsync();
        queue.Add("a");
        Assert.Equal(0, queue.Length);

        queue.Succeed(key);

        Assert.Equal("a", await TakeAsync());
    }

    [Fact]
    public async Task The_time_after_a_failure_doubles_up_to_the_limit()
    {
        queue.Add("a");
        var waits = new List<int>();
        for (var failure = 0; failure < 12; failure++)
        {
            queue.Fail(await TakeAsync());
            var seconds = 0;
            while (queue.Length == 0)
            {
                time.Advance(TimeSpan.FromSeconds(1));
                seconds++;
            }

            waits.Add(seconds);
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300], waits);
    }

    [Fact]
    public async Task A_success_ends_the_backoff()
    {
        queue.Add("a");
        queue.Fail(await TakeAsync());
        time.Advance(TimeSpan.FromSeconds(1));
        queue.Succeed(await TakeAsync());
        queue.Add("a");
        queue.Fail(await TakeAsync());

        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(1, queue.Length);
    }

    [Fact]
    public async Task A_key_that_fails_does_not_delay_others()
    {
        queue.Add("a");
        queue.Fail(await TakeAsync());

        queue.Add("b");

        Assert.Equal("b", await TakeAsync());
    }

    [Fact]
    public async Task An_earlier_time_replaces_a_later_one()
    {
        queue.AddAfter("a", TimeSpan.FromHours(3));
        queue.AddAfter("a", TimeSpan.FromSeconds(10));
        queue.AddAfter("a", TimeSpan.FromHours(2));

        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal("a", await TakeAsync());
        queue.Succeed("a");
        time.Advance(TimeSpan.FromHours(4));
        Assert.Equal(0, queue.Length);
    }

    [Fact]
    public void A_time_that_is_longer_than_a_timer_is_kept()
    {
        queue.AddAfter("a", TimeSpan.FromDays(60));

        for (var hour = 0; hour < (60 * 24) - 1; hour++)
            time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, queue.Length);
        time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(1, queue.Length);
    }

    [Fact]
    public async Task All_keys_that_have_failed_can_be_tried_at_once_or_one_by_one()
    {
        foreach (var key in (string[])["a", "b", "c"])
        {
            queue.Add(key);
            queue.Fail(await TakeAsync());
        }

        queue.AddAfter("d", TimeSpan.FromMilliseconds(1));
        queue.RetryOneFailed();
        Assert.Equal(1, queue.Length);
        queue.RetryFailed();

        Assert.Equal(3, queue.Length);
    }

    private async Task<string> TakeAsync() => await queue.TakeAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
}
