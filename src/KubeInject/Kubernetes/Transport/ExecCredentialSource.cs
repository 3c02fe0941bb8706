namespace KubeInject.Kubernetes.Transport;

/// <summary>Caches the credential of an exec plugin until it expires or the server rejects it. Concurrent requests share one run of the plugin.</summary>
internal sealed class ExecCredentialSource(Func<CancellationToken, Task<ExecCredential>> run, TimeProvider time)
{
    private readonly object gate = new();
    private ExecCredential? current;
    private ExecCredential? previous;
    private Run? running;

    /// <summary>The tokens that requests in progress may contain.</summary>
    public IEnumerable<SensitiveString?> Tokens
    {
        get
        {
            lock (gate)
                return [current?.Token, previous?.Token];
        }
    }

    /// <summary>Whether a valid credential is cached.</summary>
    public bool IsAvailable
    {
        get
        {
            lock (gate)
                return IsCurrent(null);
        }
    }

    /// <summary>Gets the cached credential, or runs the plugin.</summary>
    /// <param name="refused">The credential that the server rejected; null for none.</param>
    /// <param name="cancellationToken">Stops waiting. The plugin is stopped if no other caller waits for it.</param>
    public async Task<ExecCredential> GetAsync(ExecCredential? refused, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Run joined;
        lock (gate)
        {
            if (IsCurrent(refused))
                return current!;
            joined = running ??= Start();
            joined.Waiting++;
        }

        try
        {
            return await joined.Result.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Leave(joined);
        }
    }

    private bool IsCurrent(ExecCredential? refused) => current is not null && current != refused && !(current.Expires <= time.GetUtcNow());

    private Run Start()
    {
        var started = new Run();
        started.Result = Task.Run(() => FinishAsync(started));
        return started;
    }

    private async Task<ExecCredential> FinishAsync(Run started)
    {
        try
        {
            var credential = await run(started.Cancellation.Token).ConfigureAwait(false);
            lock (gate)
                (previous, current) = (current, credential);
            return credential;
        }
        finally
        {
            Forget(started);
        }
    }

    private void Leave(Run left)
    {
        lock (gate)
        {
            if (--left.Waiting > 0 || left.Result.IsCompleted)
                return;
            Forget(left);
        }

        left.Cancellation.Cancel();
    }

    private void Forget(Run ended)
    {
        lock (gate)
        {
            if (running == ended)
                running = null;
        }
    }

    private sealed class Run
    {
        public CancellationTokenSource Cancellation { get; } = new();

        public Task<ExecCredential> Result { get; set; } = null!;

        public int Waiting { get; set; }
    }
}
