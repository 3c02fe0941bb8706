namespace KubeInject.Http;

/// <summary>
/// Limits for responses of a server, so that no response can exhaust memory or take forever. An exceeded limit is an
/// error that names the limit. The defaults allow for a cluster of 100,000 pods on a slow connection.
/// </summary>
internal sealed record ResponseLimits
{
    private const int Mebibyte = 1024 * 1024;

    /// <summary>The default limits.</summary>
    public static ResponseLimits Default { get; } = new();

    /// <summary>The maximum decompressed size of a response that is buffered, in bytes. A page of 500 pods is usually 2 to 15 MiB. If a page is larger, the client requests smaller pages.</summary>
    public int MaxBodyBytes { get; init; } = 128 * Mebibyte;

    /// <summary>The maximum size of an object or a watch event in a streamed response, in bytes. By default, an API server stores objects of at most 1.5 MiB.</summary>
    public int MaxObjectBytes { get; init; } = 16 * Mebibyte;

    /// <summary>The maximum decompressed size of a streamed list of metadata, in bytes. The metadata of 100,000 pods is about 500 MiB.</summary>
    public long MaxListBytes { get; init; } = 4096L * Mebibyte;

    /// <summary>The minimum average rate of a streamed response after the request timeout, in bytes per second.</summary>
    public int MinBytesPerSecond { get; init; } = 1024;

    /// <summary>The maximum time without data in a streamed response. In a watch, API servers send a bookmark about every minute.</summary>
    public TimeSpan MaxIdleTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often a list may restart because its continue token has expired.</summary>
    public int MaxListRestarts { get; init; } = 10;

    /// <summary>The maximum number of consecutive pages without an object.</summary>
    public int MaxEmptyPages { get; init; } = 100;

    /// <summary>The maximum number of objects in a list.</summary>
    public int MaxListObjects { get; init; } = 2_000_000;

    /// <summary>The maximum total time of all requests of a list. The time that the caller spends between pages is not counted.</summary>
    public TimeSpan MaxListTime { get; init; } = TimeSpan.FromHours(1);
}
