using System.Globalization;

namespace KubeInject;

/// <summary>Limits the total time of sequential operations. The time between operations is not counted.</summary>
/// <param name="limit">The total time limit; null for no limit.</param>
/// <param name="name">The name of the option that sets the limit, for the error: <c>--timeout</c>.</param>
/// <param name="consequence">A sentence about the consequence of stopping, for the error; empty for none.</param>
/// <param name="time">The clock; null for the system clock.</param>
internal sealed class TimeLimit(TimeSpan? limit, string name, string consequence, TimeProvider? time = null)
{
    // CancellationTokenSource does not support much longer times.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(24);

    private readonly TimeProvider clock = time ?? TimeProvider.System;
    private TimeSpan remaining = limit < Longest ? limit.Value : Longest;

    /// <summary>Runs an operation.</summary>
    /// <param name="operation">The operation, which must stop when its token is canceled.</param>
    /// <param name="cancellationToken">Stops the operation before the time limit.</param>
    /// <returns>What the operation returns.</returns>
    /// <exception cref="TimeoutException">The operation exceeded the time limit.</exception>
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
            throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"The operation took longer than {limit?.TotalSeconds:0.###} s ({name}) and was stopped. {consequence}").TrimEnd(), exception);
        }
        finally
        {
            remaining -= clock.GetElapsedTime(start);
        }
    }
}
