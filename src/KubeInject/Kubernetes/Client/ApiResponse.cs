namespace KubeInject.Kubernetes.Client;

/// <summary>A buffered response of the API server.</summary>
internal sealed record ApiResponse(int StatusCode, string? MediaType, ReadOnlyMemory<byte> Body)
{
    /// <summary>Path and query of the request.</summary>
    public string Path { get; init; } = "";

    /// <summary>The wait that the server requests before a retry; null if it requests none.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether <see cref="RetryAfter"/> exceeds the remaining request timeout, so that the request was not retried.</summary>
    public bool IsWaitTooLong { get; init; }

    /// <summary>The target of a redirect for messages; null if there is none.</summary>
    public string? RedirectTarget { get; init; }

    public bool IsSuccess => StatusCode is >= 200 and < 300;
}
