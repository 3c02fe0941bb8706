using System.Globalization;

namespace KubeInject;

/// <summary>Stops operations that together take longer than they may. They run one after the other; the time between them is not counted.</summary>
/// <param name="limit">How long they may take together; null for no limit.</param>
/// <param name="name">What sets the limit, for the error: <c>--timeout</c>.</param>
/// <param name="consequence">What follows when they are stopped, for the error; empty for nothing.</param>
/// <param name="time">The clock; null for that of the system.</param>
public sealed class TimeLimit(TimeSpan? limit, string name, string consequence, TimeProvider? time = null)
{
    // The platform counts no longer times, and no one waits that long.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(24);

    private readonly TimeProvider clock = time ?? TimeProvider.System;
    private TimeSpan remaining = limit < Longest ? limit.Value : Longest;

    /// <summary>Runs an operation.</summary>
    /// <param name="operation">The operation, which ends when its token is cancelled.</param>
    /// <param name="cancellationToken">Stops it before its time is over.</param>
    /// <returns>What the operation returns.</returns>
    /// <exception cref="TimeoutException">Its time was over.</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> operation, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(operation);
        using var timeout = new CancellationTokenSource(remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var start = clock.GetTimestamp();
        try
        {
            return await operation(stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"It took longer than {limit?.TotalSeconds:0.###} s ({name}) and was stopped. {consequence}").TrimEnd(), exception);
        }
        finally
        {
            remaining -= clock.GetElapsedTime(start);
        }
    }
}
