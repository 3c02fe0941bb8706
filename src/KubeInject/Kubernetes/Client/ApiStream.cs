namespace KubeInject.Kubernetes;

/// <summary>An answer of the server that goes on, for as long as both sides like.</summary>
internal sealed class ApiStream(Stream stream, string? mediaType, string path, ApiFailures failures, RequestPolicy policy, CancellationToken closing) : IAsyncDisposable
{
    // Some ten times what a server stores of one object by default.
    private const int LongestLine = 16 * 1024 * 1024;

    private readonly LineReader lines = new(stream, LongestLine);

    /// <summary>In what form it comes; null where the server does not say.</summary>
    public string? MediaType => mediaType;

    /// <summary>Reads a line.</summary>
    /// <returns>The line, good until the next call; null where the server has ended the answer.</returns>
    /// <exception cref="KubeConnectionException">The answer broke off, was silent for too long, or is none of an API server.</exception>
    public Task<ReadOnlyMemory<byte>?> ReadLineAsync(CancellationToken cancellationToken) => ReadAsync(lines.ReadAsync, cancellationToken);

    /// <summary>Reads what has arrived.</summary>
    /// <param name="buffer">Takes it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many bytes; 0 where the server has ended the answer.</returns>
    /// <exception cref="KubeConnectionException">The answer broke off, or was silent for too long.</exception>
    public Task<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        ReadAsync(limit => stream.ReadAsync(buffer, limit), cancellationToken);

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private async Task<T> ReadAsync<T>(Func<CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(policy.LongestSilence, policy.Clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token, closing);
        try
        {
            return await read(limit.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            ObjectDisposedException.ThrowIf(closing.IsCancellationRequested, typeof(KubeConnection));
            throw failures.FromTimeout($"sent nothing on {path}", policy.LongestSilence, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException)
        {
            throw failures.FromTransport(e);
        }
    }
}
