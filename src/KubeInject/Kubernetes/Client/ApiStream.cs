namespace KubeInject.Kubernetes;

/// <summary>An answer of the server that goes on, line by line, for as long as both sides like.</summary>
internal sealed class ApiStream(Stream stream, string path, ApiFailures failures, RequestPolicy policy, CancellationToken closing) : IAsyncDisposable
{
    // Some ten times what a server stores of one object by default.
    private const int LongestLine = 16 * 1024 * 1024;

    private readonly LineReader lines = new(stream, LongestLine);

    /// <summary>Reads a line.</summary>
    /// <returns>The line, good until the next call; null where the server has ended the answer.</returns>
    /// <exception cref="KubeConnectionException">The answer broke off, was silent for too long, or is none of an API server.</exception>
    public async Task<ReadOnlyMemory<byte>?> ReadLineAsync(CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(policy.LongestSilence, policy.Clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token, closing);
        try
        {
            return await lines.ReadAsync(limit.Token);
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

    public ValueTask DisposeAsync() => stream.DisposeAsync();
}
