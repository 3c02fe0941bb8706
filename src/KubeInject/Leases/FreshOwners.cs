using System.Runtime.ExceptionServices;
using KubeInject.Kubernetes.Errors;

namespace KubeInject.Leases;

/// <summary>Provides owner views that are current enough for revocations. Concurrent callers share one read of the cluster.</summary>
/// <param name="reader">Reads the cluster.</param>
/// <param name="leases">The leases whose owners are read.</param>
/// <param name="maxAge">How long after the start of its reading a view is used; at least twice the duration of the reading.</param>
/// <param name="time">The clock.</param>
internal sealed class FreshOwners(IOwnerReader reader, IReadOnlySet<Guid> leases, TimeSpan maxAge, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim gate = new(1, 1);
    private long requests;
    private long answered;
    private OwnerView? latest;
    private ExceptionDispatchInfo? failure;
    private long started;

    /// <summary>
    /// Returns a view whose reading began after this call, or before it by less than <c>maxAge</c> or twice the duration of the
    /// reading. Because of the latter, at most half of the time is spent on reading.
    /// </summary>
    /// <exception cref="KubeApiException">The cluster cannot be read. All later calls fail, too.</exception>
    /// <exception cref="KubeConnectionException">The cluster cannot be reached. All later calls fail, too.</exception>
    public async Task<OwnerView> GetAsync(CancellationToken cancellationToken)
    {
        var request = Interlocked.Increment(ref requests);
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (latest is not null && (request <= answered || IsFresh(latest)))
                return latest;

            // Do not repeat a failed read for each of many leases.
            failure?.Throw();

            // The following read is recent enough for all calls up to now.
            var covers = Interlocked.Read(ref requests);
            var start = time.GetTimestamp();
            latest = await reader.ReadAsync(leases, cancellationToken).ConfigureAwait(false);
            (answered, started) = (covers, start);
            return latest;
        }
        catch (Exception exception) when (exception is KubeApiException or KubeConnectionException)
        {
            failure = ExceptionDispatchInfo.Capture(exception);
            throw;
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    private bool IsFresh(OwnerView view)
    {
        var age = time.GetElapsedTime(started);
        return age < maxAge || age < view.Elapsed * 2;
    }
}
