namespace KubeInject.Kubernetes;

/// <summary>An answer of the server, read to its end.</summary>
internal sealed record ApiResponse(int StatusCode, string? MediaType, ReadOnlyMemory<byte> Body)
{
    /// <summary>How long the server wants to be left alone; null where it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public bool IsSuccess => StatusCode is >= 200 and < 300;
}
