using System.Globalization;

namespace KubeInject.Http;

/// <summary>One request that was made, for whoever watches. Holds no header, so no secret.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">Path and query; of a request to another server than an API server, such as Vault, its whole address.</param>
/// <param name="StatusCode">The status code of the answer; null where none came.</param>
/// <param name="Elapsed">The time from the start to the last byte of the answer, for a watch to its first, or to the failure.</param>
public sealed record CompletedRequest(string Method, string Path, int? StatusCode, TimeSpan Elapsed)
{
    /// <summary>The request in one line: <c>GET /api/v1/pods?limit=500 200 in 12 ms</c>.</summary>
    /// <returns>One line, for <c>-Verbose</c>.</returns>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Method} {Path} {StatusCode?.ToString(CultureInfo.InvariantCulture) ?? "no answer"} in {Elapsed.TotalMilliseconds:F0} ms");
}
