namespace KubeInject.Http;

/// <summary>
/// Limits of what a server may send, so that no answer takes memory or time without end. Each ends in an error that
/// names it. They leave room for a cluster of 100,000 pods on a slow connection.
/// </summary>
internal sealed record ResponseLimits
{
    private const int Mebibyte = 1024 * 1024;

    /// <summary>The limits that are used by default.</summary>
    public static ResponseLimits Default { get; } = new();

    /// <summary>The size of an answer that is read as a whole, decompressed. A page of 500 pods is usually 2 to 15 MiB; a larger page is requested in smaller ones.</summary>
    public int MaxBodyBytes { get; init; } = 128 * Mebibyte;

    /// <summary>The size of one object, or of one event of a watch, in an answer that is read as it arrives. By default a server stores at most 1.5 MiB of an object.</summary>
    public int MaxObjectBytes { get; init; } = 16 * Mebibyte;

    /// <summary>The size of a list of metadata that is read as it arrives, decompressed. The metadata of 100,000 pods is about 500 MiB.</summary>
    public long MaxListBytes { get; init; } = 4096L * Mebibyte;

    /// <summary>How fast an answer that is read as it arrives has to come, on average, once the time of a request is over.</summary>
    public int MinBytesPerSecond { get; init; } = 1024;

    /// <summary>How long an answer that is read as it arrives may pause. A server that sends bookmarks sends one in a watch every minute.</summary>
    public TimeSpan MaxIdleTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often a list may start again because the server no longer knows where it goes on.</summary>
    public int MaxListRestarts { get; init; } = 10;

    /// <summary>How many pages without an object may follow each other.</summary>
    public int MaxEmptyPages { get; init; } = 100;

    /// <summary>How many objects a list may have.</summary>
    public int MaxListObjects { get; init; } = 2_000_000;

    /// <summary>How long all requests of a list may take together, without the time that the caller takes between pages.</summary>
    public TimeSpan MaxListTime { get; init; } = TimeSpan.FromHours(1);
}
