using System.Collections.Concurrent;

namespace KubeInject.Completion;

/// <summary>How long somebody at a prompt is kept waiting: what has come by then is there, and what has not is given up.</summary>
/// <param name="limit">How long; longer than zero.</param>
/// <param name="time">Tells the time; default: the system's clock.</param>
public sealed class CompletionTimeout(TimeSpan limit, TimeProvider? time = null)
{
    /// <summary>How long where nothing else is said: 300 milliseconds.</summary>
    public static TimeSpan DefaultLimit { get; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Asks, and takes what comes. Never fails: who only wants to go on typing is not to hear of it.</summary>
    /// <param name="ask">Asks. It is told to end when the time is over, or when there is enough.</param>
    /// <param name="isWanted">What of it counts.</param>
    /// <param name="most">How many are enough.</param>
    /// <returns>What has come in time and counts, in its order. What was asked may still be ending.</returns>
    public async Task<IReadOnlyList<T>> TakeAsync<T>(Func<CancellationToken, IAsyncEnumerable<T>> ask, Func<T, bool> isWanted, int most)
    {
        ArgumentNullException.ThrowIfNull(ask);
        ArgumentNullException.ThrowIfNull(isWanted);
        var found = new ConcurrentQueue<T>();
        using var end = new CancellationTokenSource();
        var token = end.Token;
        var asking = Task.Run(AskAsync, CancellationToken.None);
        try
        {
            await asking.WaitAsync(limit, time ?? TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await end.CancelAsync().ConfigureAwait(false);
        }

        return [.. found];

        async Task AskAsync()
        {
            try
            {
                await foreach (var one in ask(token).ConfigureAwait(false))
                {
                    if (isWanted(one))
                        found.Enqueue(one);
                    if (found.Count >= most)
                        return;
                }
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                // No connection, no right, no file, no time: there is nothing more to offer.
            }
        }
    }
}
