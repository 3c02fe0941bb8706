using KubeInject.Kubernetes.Errors;

namespace KubeInject.Controller;

/// <summary>The times of a leader election. The defaults are those of Kubernetes components.</summary>
internal sealed record LeaderElectionOptions
{
    /// <summary>How long other processes wait after the last renewal that they saw. Default: 15 s.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the leader acts after its last renewal; less than <see cref="Duration"/>. Default: 10 s.</summary>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The time between two attempts to become or to stay the leader. Default: 2 s.</summary>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);
}

/// <summary>
/// Lets one of several processes lead, by the rules of the Kubernetes client for Go. A process judges by its own clock how long
/// ago the Lease has changed, so the clocks of the processes can differ.
/// </summary>
/// <param name="leaderLock">The Lease.</param>
/// <param name="identity">The name of this process, which no other process has.</param>
/// <param name="options">The times.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Gets a message when this process starts or stops to lead, and when the Lease cannot be read or written.</param>
internal sealed class LeaderElection(ILeaderLock leaderLock, string identity, LeaderElectionOptions options, TimeProvider time, IProgress<ServerMessage> log)
{
    private LeaderRecord? observed;
    private long observedAt;

    /// <summary>Whether this process leads.</summary>
    public bool IsLeader { get; private set; }

    /// <summary>Why the Lease could not be read or written at the last attempt. Null if it could. Empty before the first attempt.</summary>
    public string? Problem { get; private set; } = "";

    /// <summary>Takes part in the election until it is canceled.</summary>
    /// <param name="lead">The work of the leader. Its token is canceled before another process can become the leader.</param>
    /// <param name="cancellationToken">Ends the election. If the work ends in time, the Lease is released, so that the next process need not wait.</param>
    public async Task RunAsync(Func<CancellationToken, Task> lead, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                if (await AcquireAsync(cancellationToken).ConfigureAwait(false) is { } acquiredAt)
                    await LeadAsync(lead, acquiredAt, cancellationToken).ConfigureAwait(false);
                else
                    await Task.Delay(options.RetryPeriod, time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end of the election.
        }
    }

    private async Task LeadAsync(Func<CancellationToken, Task> lead, long acquiredAt, CancellationToken cancellationToken)
    {
        // The token is canceled at the deadline even if a request to renew the Lease does not end.
        using var deadline = new CancellationTokenSource(RemainingSince(acquiredAt), time);
        using var term = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        IsLeader = true;
        log.Report(new ServerMessage(false, "Started to lead."));
        var work = RunWorkAsync(lead, term.Token);
        try
        {
            await RenewAsync(work, deadline, term.Token).ConfigureAwait(false);
        }
        finally
        {
            await term.CancelAsync().ConfigureAwait(false);
            await work.ConfigureAwait(false);
            IsLeader = false;
            log.Report(new ServerMessage(false, "Stopped leading."));
        }

        await ReleaseAsync().ConfigureAwait(false);
        await Task.Delay(options.RetryPeriod, time, cancellationToken).ConfigureAwait(false);
    }

    private async Task RunWorkAsync(Func<CancellationToken, Task> lead, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Yield();
            await lead(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end of the term.
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Another process or the next term can continue.
            log.Report(new ServerMessage(true, $"The work of the leader has failed: {exception.Message}"));
        }
    }

    /// <summary>Renews the Lease until the term or the work ends, or another process leads.</summary>
    private async Task RenewAsync(Task work, CancellationTokenSource deadline, CancellationToken term)
    {
        while (true)
        {
            await Task.WhenAny(work, Task.Delay(options.RetryPeriod, time, term)).ConfigureAwait(false);
            if (work.IsCompleted || term.IsCancellationRequested)
                return;
            if (await AcquireAsync(term).ConfigureAwait(false) is { } renewedAt)
                deadline.CancelAfter(RemainingSince(renewedAt));
            else if (observed?.Holder != identity)
                return;
        }
    }

    private TimeSpan RemainingSince(long renewedAt)
    {
        var remaining = options.RenewDeadline - time.GetElapsedTime(renewedAt);
        return remaining < TimeSpan.Zero ? TimeSpan.Zero : remaining;
    }

    /// <summary>Tries to become or to stay the leader.</summary>
    /// <returns>The time before the Lease was written; null if this process does not lead, or if that is unknown.</returns>
    private async Task<long?> AcquireAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.RenewDeadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            var acquiredAt = await TryAcquireAsync(either.Token).ConfigureAwait(false);
            Problem = null;
            return acquiredAt;
        }
        catch (Exception exception) when (exception is KubeApiException or KubeConnectionException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var problem = exception is OperationCanceledException ? "the API server did not answer in time" : exception.Message;
            if (Problem != problem)
                log.Report(new ServerMessage(true, $"The Lease of the leader cannot be read or written: {problem}"));
            Problem = problem;
            return null;
        }
    }

    private async Task<long?> TryAcquireAsync(CancellationToken cancellationToken)
    {
        var current = await leaderLock.FindAsync(cancellationToken).ConfigureAwait(false);
        if (current is not null)
            Observe(current);
        var isOwn = current?.Holder == identity;
        if (!isOwn && current is { Holder.Length: > 0 } && time.GetElapsedTime(observedAt) < current.Duration)
            return null;

        var start = time.GetTimestamp();
        var now = time.GetUtcNow();
        var wanted = new LeaderRecord(
            identity, options.Duration, isOwn ? current!.AcquiredAt : now, now, current is null ? 0 : isOwn ? current.Transitions : current.Transitions + 1, current?.Version);
        if (await leaderLock.TryWriteAsync(wanted, cancellationToken).ConfigureAwait(false) is not { } written)
            return null;
        Observe(written);
        return start;
    }

    private void Observe(LeaderRecord record)
    {
        if (record == observed)
            return;
        observed = record;
        observedAt = time.GetTimestamp();
    }

    /// <summary>Releases the Lease, so that another process can lead at once.</summary>
    private async Task ReleaseAsync()
    {
        if (observed is not { } held || held.Holder != identity)
            return;
        using var limit = new CancellationTokenSource(options.RetryPeriod, time);
        try
        {
            observed = await leaderLock.TryWriteAsync(held with { Holder = "", Duration = TimeSpan.FromSeconds(1), RenewedAt = time.GetUtcNow() }, limit.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is KubeApiException or KubeConnectionException or OperationCanceledException)
        {
            // The next process waits until the Lease expires.
        }
    }
}
