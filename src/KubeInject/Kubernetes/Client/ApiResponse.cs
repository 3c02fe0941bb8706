namespace KubeInject.Kubernetes.Client;

/// <summary>An answer of the server, read to its end.</summary>
internal sealed record ApiResponse(int StatusCode, string? MediaType, ReadOnlyMemory<byte> Body)
{
    /// <summary>Path and query of the request.</summary>
    public string Path { get; init; } = "";

    /// <summary>How long the server wants to be left alone; null where it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether that is longer than the request may take, so that it was not waited for.</summary>
    public bool IsWaitTooLong { get; init; }

    /// <summary>The address that a redirect points to, for messages; null where there is none.</summary>
    public string? RedirectTarget { get; init; }

    public bool IsSuccess => StatusCode is >= 200 and < 300;
}
