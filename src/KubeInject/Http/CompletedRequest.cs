using System.Globalization;

namespace KubeInject.Http;

/// <summary>A request that was sent. Contains no headers and therefore no secrets.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">Path and query; the complete URL if the server is not an API server but, for example, Vault.</param>
/// <param name="StatusCode">The status code of the response; null if there was no response.</param>
/// <param name="Elapsed">The time until the last byte of the response, until the first byte if the request is a watch, or until the failure.</param>
public sealed record CompletedRequest(string Method, string Path, int? StatusCode, TimeSpan Elapsed)
{
    /// <summary>The request in one line: <c>GET /api/v1/pods?limit=500 200 in 12 ms</c>.</summary>
    /// <returns>One line, for <c>-Verbose</c>.</returns>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Method} {Path} {StatusCode?.ToString(CultureInfo.InvariantCulture) ?? "no response"} in {Elapsed.TotalMilliseconds:F0} ms");
}
