using System.Collections.Concurrent;

namespace KubeInject.Completion;

/// <summary>Limits the time of tab completion. Returns the results that are available when the time limit is reached.</summary>
/// <param name="limit">The time limit; greater than zero.</param>
/// <param name="time">The clock; null for the system clock.</param>
internal sealed class CompletionTimeout(TimeSpan limit, TimeProvider? time = null)
{
    /// <summary>The default time limit: 300 milliseconds.</summary>
    public static TimeSpan DefaultLimit { get; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Collects results until the time limit. Ignores errors, because completion must not disturb typing.</summary>
    /// <param name="query">The function that gets the results. It is canceled at the time limit.</param>
    /// <param name="isWanted">The condition for a result.</param>
    /// <param name="maxResults">The maximum number of results.</param>
    /// <returns>The results that arrived in time, in their order. The function may still be running.</returns>
    public async Task<IReadOnlyList<T>> TakeAsync<T>(Func<CancellationToken, IAsyncEnumerable<T>> query, Func<T, bool> isWanted, int maxResults)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(isWanted);
        var found = new ConcurrentQueue<T>();
        using var end = new CancellationTokenSource();
        var token = end.Token;
        var collecting = Task.Run(CollectAsync, CancellationToken.None);
        try
        {
            await collecting.WaitAsync(limit, time ?? TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await end.CancelAsync().ConfigureAwait(false);
        }

        return [.. found];

        async Task CollectAsync()
        {
            try
            {
                await foreach (var result in query(token).ConfigureAwait(false))
                {
                    if (isWanted(result))
                        found.Enqueue(result);
                    if (found.Count >= maxResults)
                        return;
                }
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                // Any failure means that there are no more results.
            }
        }
    }
}
