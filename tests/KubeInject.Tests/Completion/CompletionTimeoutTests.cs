using System.Runtime.CompilerServices;
using KubeInject.Completion;

namespace KubeInject.Tests.Completion;

/// <summary>The user waits at a prompt, so completion is quick or returns nothing, and never reports an error.</summary>
public sealed class CompletionTimeoutTests
{
    private readonly ObservedTimeProvider clock = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task The_time_limit_is_three_hundred_milliseconds()
    {
        var taking = new CompletionTimeout(CompletionTimeout.DefaultLimit, clock).TakeAsync(token => Numbers(1, never: true, token), _ => true, 9);

        Assert.Equal(TimeSpan.FromMilliseconds(300), await clock.EndWaitAsync());
        await taking;
    }

    [Fact]
    public async Task At_the_time_limit_results_so_far_are_returned_and_the_rest_is_canceled()
    {
        var found = await Take(token => Numbers(3, never: true, token));

        Assert.Equal([1, 2, 3], found);
        await ended.Task;
    }

    [Fact]
    public async Task An_operation_that_ignores_cancellation_is_not_awaited()
    {
        using var released = new ManualResetEventSlim();
        var taking = new CompletionTimeout(CompletionTimeout.DefaultLimit, clock).TakeAsync(Deaf, _ => true, 9);
        await clock.EndWaitAsync();

        Assert.Empty(await taking);

        released.Set();
        await ended.Task;

        IAsyncEnumerable<int> Deaf(CancellationToken token)
        {
            released.Wait(CancellationToken.None);
            ended.SetResult();
            return Numbers(0, never: false, token);
        }
    }

    [Fact]
    public async Task The_number_of_results_is_limited()
    {
        var found = await new CompletionTimeout(CompletionTimeout.DefaultLimit, clock).TakeAsync(token => Numbers(int.MaxValue, never: false, token), number => number % 2 == 0, 3);

        Assert.Equal([2, 4, 6], found);
        await ended.Task;
    }

    [Fact]
    public async Task A_failure_ends_the_completion_without_an_error()
    {
        Assert.Equal([1], await new CompletionTimeout(CompletionTimeout.DefaultLimit, clock).TakeAsync(_ => Failing(), _ => true, 9));
        Assert.Empty(await new CompletionTimeout(CompletionTimeout.DefaultLimit, clock).TakeAsync<int>(_ => throw new InvalidOperationException(), _ => true, 9));
    }

    private static async IAsyncEnumerable<int> Failing()
    {
        yield return 1;
        await Task.Yield();
        throw new InvalidOperationException();
    }

    private async Task<IReadOnlyList<int>> Take(Func<CancellationToken, IAsyncEnumerable<int>> ask) =>
        await new CompletionTimeout(CompletionTimeout.DefaultLimit, clock).TakeAsync(ask, _ => true, 9);

    /// <summary>Numbers from 1; if the sequence is endless, the time limit ends after the last of them.</summary>
    private async IAsyncEnumerable<int> Numbers(int count, bool never, [EnumeratorCancellation] CancellationToken token = default)
    {
        try
        {
            for (var number = 1; number <= count; number++)
                yield return number;
            if (!never)
                yield break;
            await clock.EndWaitAsync();
            await Task.Delay(Timeout.Infinite, token);
        }
        finally
        {
            ended.TrySetResult();
        }
    }
}
