using System.Net;
using KubeInject.Http;
using KubeInject.Kubernetes.Errors;

namespace KubeInject.Kubernetes.Client;

/// <summary>A streamed response of the API server: a list of metadata or a watch.</summary>
/// <param name="stream">The content.</param>
/// <param name="mediaType">The media type; null if the server does not specify it.</param>
/// <param name="request">The request.</param>
/// <param name="timeout">The request timeout.</param>
/// <param name="failures">Creates the errors.</param>
/// <param name="policy">The response limits and the clock.</param>
/// <param name="closing">Is canceled when the connection is closed.</param>
internal sealed class ApiStream(Stream stream, string? mediaType, ApiRequest request, TimeSpan timeout, ApiFailures failures, KubeRetryPolicy policy, CancellationToken closing) : IAsyncDisposable
{
    private readonly LineReader lines = new(stream, policy.Limits.MaxObjectBytes);
    private long received;

    /// <summary>The status code, which is successful.</summary>
    public HttpStatusCode StatusCode { get; init; } = HttpStatusCode.OK;

    /// <summary>The media type; null if the server does not specify it.</summary>
    public string? MediaType => mediaType;

    /// <summary>Path and query of the request.</summary>
    public string Path => request.Path;

    /// <summary>The total time spent waiting for the server.</summary>
    public TimeSpan Waited { get; private set; }

    private ResponseLimits Limits => policy.Limits;

    /// <summary>Reads the next line of a watch.</summary>
    /// <returns>The line, which is valid until the next call; null at the end of the response.</returns>
    /// <exception cref="KubeConnectionException">The response was interrupted, was idle for too long, or is not from an API server.</exception>
    public Task<ReadOnlyMemory<byte>?> ReadLineAsync(CancellationToken cancellationToken) => ReadAsync(lines.ReadAsync, Limits.MaxIdleTime, cancellationToken);

    /// <summary>Reads the data of a response that have arrived.</summary>
    /// <param name="buffer">Receives the data.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The number of bytes; 0 at the end of the response.</returns>
    /// <exception cref="KubeConnectionException">The response was interrupted, arrives too slowly, or is too large.</exception>
    public async Task<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (request.IsEndless)
            return await ReadAsync(limit => stream.ReadAsync(buffer, limit), Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);

        // The time limit grows with the received bytes. The time that the caller spends between reads is not counted.
        var remaining = timeout + TimeSpan.FromSeconds((double)received / Limits.MinBytesPerSecond) - Waited;
        var count = await ReadAsync(limit => stream.ReadAsync(buffer, limit), remaining < Limits.MaxIdleTime ? remaining : Limits.MaxIdleTime, cancellationToken).ConfigureAwait(false);
        received += count;
        return received > Limits.MaxListBytes ? throw failures.LimitExceeded(Path, $"the response is larger than {Limits.MaxListBytes >> 20} MiB") : count;
    }

    /// <summary>Gets the response as a stream. Its errors are those of <see cref="ReadAsync(Memory{byte}, CancellationToken)"/>.</summary>
    /// <returns>A stream that closes this response when it is disposed.</returns>
    public Stream AsStream() => new ApiContentStream(this);

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private async Task<T> ReadAsync<T>(Func<CancellationToken, ValueTask<T>> read, TimeSpan maxWait, CancellationToken cancellationToken)
    {
        using var idleLimit = new CancellationTokenSource(maxWait > TimeSpan.Zero || maxWait == Timeout.InfiniteTimeSpan ? maxWait : TimeSpan.Zero, policy.Clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, idleLimit.Token, closing);
        var start = policy.Clock.GetTimestamp();
        try
        {
            return await read(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            if (closing.IsCancellationRequested)
                throw ApiFailures.Ended();
            throw maxWait == Limits.MaxIdleTime
                ? failures.FromTimeout($"sent no data for {Path}", maxWait, e)
                : failures.TooSlow(Path, received, Waited + policy.Clock.GetElapsedTime(start), Limits.MinBytesPerSecond, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException)
        {
            throw failures.FromTransport(Path, e);
        }
        finally
        {
            Waited += policy.Clock.GetElapsedTime(start);
        }
    }
}
