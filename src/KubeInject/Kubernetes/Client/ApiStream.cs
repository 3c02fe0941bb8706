using System.Net;
using KubeInject.Http;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;

namespace KubeInject.Kubernetes.Client;

/// <summary>An answer of the server that is read as it arrives: a list of metadata, or a watch, which goes on for as long as both sides like.</summary>
/// <param name="stream">What arrives.</param>
/// <param name="mediaType">In what form it comes; null where the server does not say.</param>
/// <param name="request">The request.</param>
/// <param name="timeout">The time of a request.</param>
/// <param name="failures">Makes the errors.</param>
/// <param name="policy">The limits, and the clock.</param>
/// <param name="closing">Ends the connection.</param>
internal sealed class ApiStream(Stream stream, string? mediaType, ApiRequest request, TimeSpan timeout, ApiFailures failures, KubeRetryPolicy policy, CancellationToken closing) : IAsyncDisposable
{
    private readonly LineReader lines = new(stream, policy.Limits.MaxObjectBytes);
    private long received;

    /// <summary>The status of the answer, a success.</summary>
    public HttpStatusCode StatusCode { get; init; } = HttpStatusCode.OK;

    /// <summary>In what form it comes; null where the server does not say.</summary>
    public string? MediaType => mediaType;

    /// <summary>Path and query of the request.</summary>
    public string Path => request.Path;

    /// <summary>How long the server has been waited for so far.</summary>
    public TimeSpan Waited { get; private set; }

    private ResponseLimits Limits => policy.Limits;

    /// <summary>Reads a line of an answer without end.</summary>
    /// <returns>The line, good until the next call; null where the server has ended the answer.</returns>
    /// <exception cref="KubeConnectionException">The answer broke off, was silent for too long, or is none of an API server.</exception>
    public Task<ReadOnlyMemory<byte>?> ReadLineAsync(CancellationToken cancellationToken) => ReadAsync(lines.ReadAsync, Limits.MaxIdleTime, cancellationToken);

    /// <summary>Reads what has arrived of an answer that ends.</summary>
    /// <param name="buffer">Takes it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many bytes; 0 where the server has ended the answer.</returns>
    /// <exception cref="KubeConnectionException">The answer broke off, comes too slowly, or is too large.</exception>
    public async Task<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (request.IsEndless)
            return await ReadAsync(limit => stream.ReadAsync(buffer, limit), Timeout.InfiniteTimeSpan, cancellationToken);

        // The time that an answer may take grows with what has come of it. What the caller does in between is not counted.
        var remaining = timeout + TimeSpan.FromSeconds((double)received / Limits.MinBytesPerSecond) - Waited;
        var count = await ReadAsync(limit => stream.ReadAsync(buffer, limit), remaining < Limits.MaxIdleTime ? remaining : Limits.MaxIdleTime, cancellationToken);
        received += count;
        return received > Limits.MaxListBytes ? throw failures.LimitExceeded(Path, $"the response is larger than {Limits.MaxListBytes >> 20} MiB") : count;
    }

    /// <summary>The answer as a stream. Reading it fails as <see cref="ReadAsync(Memory{byte}, CancellationToken)"/> does.</summary>
    /// <returns>A stream that ends this answer when it is disposed.</returns>
    public Stream AsStream() => new ApiContentStream(this);

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private async Task<T> ReadAsync<T>(Func<CancellationToken, ValueTask<T>> read, TimeSpan longest, CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(longest > TimeSpan.Zero || longest == Timeout.InfiniteTimeSpan ? longest : TimeSpan.Zero, policy.Clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token, closing);
        var start = policy.Clock.GetTimestamp();
        try
        {
            return await read(limit.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            ObjectDisposedException.ThrowIf(closing.IsCancellationRequested, typeof(KubeConnection));
            throw longest == Limits.MaxIdleTime
                ? failures.FromTimeout($"sent no data for {Path}", longest, e)
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
