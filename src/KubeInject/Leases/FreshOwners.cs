using System.Runtime.ExceptionServices;
using KubeInject.Kubernetes.Errors;

namespace KubeInject.Leases;

/// <summary>Hands out views that are as fresh as a revocation needs them. Those who wait at the same time share one reading.</summary>
/// <param name="reader">Reads the cluster.</param>
/// <param name="leases">The leases that are asked for.</param>
/// <param name="time">The clock.</param>
internal sealed class FreshOwners(IOwnerReader reader, IReadOnlySet<Guid> leases, TimeProvider time) : IDisposable
{
    // Up to this, each batch of revocations has a reading of its own. A cluster that takes longer to read is read for
    // half of the time at most.
    private static readonly TimeSpan LongReading = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim gate = new(1, 1);
    private long requests;
    private long answered;
    private OwnerView? latest;
    private ExceptionDispatchInfo? failure;
    private long completed;

    /// <summary>A view whose reading began after this call; or, where reading takes more than a second, no longer ago than it takes to read twice.</summary>
    /// <exception cref="KubeApiException">Nothing of the cluster can be seen; the same for all calls from then on.</exception>
    /// <exception cref="KubeConnectionException">Likewise.</exception>
    public async Task<OwnerView> GetAsync(CancellationToken cancellationToken)
    {
        var request = Interlocked.Increment(ref requests);
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (latest is not null && (request <= answered || (latest.Elapsed > LongReading && time.GetElapsedTime(completed) < latest.Elapsed)))
                return latest;

            // A server that has gone is not asked again for each of ten thousand leases.
            failure?.Throw();

            // All who have asked by now can have what is read from now on.
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
