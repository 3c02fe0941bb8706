using System.Runtime.ExceptionServices;
using KubeInject.Kubernetes.Errors;

namespace KubeInject.Leases;

/// <summary>Provides owner views that are current enough for revocations. Concurrent callers share one read of the cluster.</summary>
/// <param name="reader">Reads the cluster.</param>
/// <param name="leases">The leases whose owners are read.</param>
/// <param name="time">The clock.</param>
internal sealed class FreshOwners(IOwnerReader reader, IReadOnlySet<Guid> leases, TimeProvider time) : IDisposable
{
    // If a read takes longer, views are reused, so that at most half of the time is spent on reading.
    private static readonly TimeSpan SlowReadThreshold = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim gate = new(1, 1);
    private long requests;
    private long answered;
    private OwnerView? latest;
    private ExceptionDispatchInfo? failure;
    private long completed;

    /// <summary>Returns a view that was read after this call. If a read takes more than 1 second, the view can be older, by at most the duration of two reads.</summary>
    /// <exception cref="KubeApiException">The cluster cannot be read. All later calls fail, too.</exception>
    /// <exception cref="KubeConnectionException">The cluster cannot be reached. All later calls fail, too.</exception>
    public async Task<OwnerView> GetAsync(CancellationToken cancellationToken)
    {
        var request = Interlocked.Increment(ref requests);
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (latest is not null && (request <= answered || (latest.Elapsed > SlowReadThreshold && time.GetElapsedTime(completed) < latest.Elapsed)))
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
