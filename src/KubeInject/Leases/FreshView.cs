using System.Runtime.ExceptionServices;
using KubeInject.Credentials;
using KubeInject.Kubernetes.Errors;

namespace KubeInject.Leases;

/// <summary>What a revocation relies on.</summary>
/// <param name="Records">The records of the leases by their UUID; empty if each record is read separately.</param>
/// <param name="Owners">The owners, which were read after the records.</param>
internal sealed record SweepView(IReadOnlyDictionary<Guid, LeaseRecord> Records, OwnerView Owners);

/// <summary>Provides views that are current enough for revocations. Concurrent callers share one reading.</summary>
/// <param name="owners">Reads the cluster.</param>
/// <param name="store">The store of the records; null if each record is read separately.</param>
/// <param name="leases">The leases whose records and owners are read.</param>
/// <param name="maxAge">How long after the start of its reading a view is used; at least twice the duration of the reading.</param>
/// <param name="time">The clock.</param>
internal sealed class FreshView(IOwnerReader owners, ILeaseStore? store, IReadOnlySet<Guid> leases, TimeSpan maxAge, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim gate = new(1, 1);
    private long requests;
    private long answered;
    private SweepView? latest;
    private ExceptionDispatchInfo? failure;
    private long started;
    private TimeSpan duration;

    /// <summary>Whether the views have records.</summary>
    public bool HasRecords => store is not null;

    /// <summary>
    /// Returns a view whose reading began after this call, or before it by less than <c>maxAge</c> or twice the duration of the
    /// reading. Because of the latter, at most half of the time is spent on reading.
    /// </summary>
    /// <exception cref="KubeApiException">The cluster cannot be read. All later calls fail, too.</exception>
    /// <exception cref="KubeConnectionException">The cluster cannot be reached. All later calls fail, too.</exception>
    public async Task<SweepView> GetAsync(CancellationToken cancellationToken)
    {
        var request = Interlocked.Increment(ref requests);
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (latest is not null && (request <= answered || IsFresh()))
                return latest;

            // Do not repeat a failed reading for each of many leases.
            failure?.Throw();

            // The following reading is recent enough for all calls up to now.
            var covers = Interlocked.Read(ref requests);
            var start = time.GetTimestamp();
            latest = await ReadAsync(cancellationToken).ConfigureAwait(false);
            (answered, started, duration) = (covers, start, time.GetElapsedTime(start));
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

    /// <summary>Reads the owners last, as close to the revocations as possible.</summary>
    private async Task<SweepView> ReadAsync(CancellationToken cancellationToken)
    {
        IEnumerable<LeaseRecord> records = store is null ? [] : await store.ListAsync(cancellationToken).ConfigureAwait(false);
        return new SweepView(records.Where(record => leases.Contains(record.Uuid)).ToDictionary(record => record.Uuid), await owners.ReadAsync(leases, cancellationToken).ConfigureAwait(false));
    }

    private bool IsFresh()
    {
        var age = time.GetElapsedTime(started);
        return age < maxAge || age < duration * 2;
    }
}
