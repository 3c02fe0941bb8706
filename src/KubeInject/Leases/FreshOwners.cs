using System.Runtime.ExceptionServices;
using KubeInject.Kubernetes.Errors;

namespace KubeInject.Leases;

/// <summary>Provides owner views that are current enough for revocations. Concurrent callers share one read of the cluster.</summary>
/// <param name="reader">Reads the cluster.</param>
/// <param name="leases">The leases whose owners are read.</param>
/// <param name="time">The clock.</param>
internal sealed class FreshOwners(IOwnerReader reader, IReadOnlySet<Guid> leases, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim gate = new(1, 1);
    private long requests;
    private long answered;
    private OwnerView? latest;
    private ExceptionDispatchInfo? failure;
    private long completed;

    /// <summary>
    /// Returns a view whose reading began after this call, or before it by at most the duration of two reads. A view is reused for
    /// as long as it took to read, so that at most half of the time is spent on reading.
    /// </summary>
    /// <exception cref="KubeApiException">The cluster cannot be read. All later calls fail, too.</exception>
    /// <exception cref="KubeConnectionException">The cluster cannot be reached. All later calls fail, too.</exception>
    public async Task<OwnerView> GetAsync(CancellationToken cancellationToken)
    {
        var request = Interlocked.Increment(ref requests);
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (latest is not null && (request <= answered || time.GetElapsedTime(completed) < latest.Elapsed))
                return latest;

            // Do not repeat a failed read for each of many leases.
            failure?.Throw();

            // The following read is recent enough for all calls up to now.
            var covers = Interlocked.Read(ref requests);
            latest = await reader.ReadAsync(leases, cancellationToken).ConfigureAwait(false);
            (answered, completed) = (covers, time.GetTimestamp());
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
}
