using KubeInject.Http;
using KubeInject.Kubernetes.Errors;

namespace KubeInject.Kubernetes.Client;

/// <summary>Decides which requests are sent again, how often, and after which wait.</summary>
internal sealed record KubeRetryPolicy : RetryPolicy
{
    public static KubeRetryPolicy Default { get; } = new();

    /// <summary>The maximum number of attempts per request.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>Gets the wait before a request is sent again after an error response; null if it is not sent again.</summary>
    public TimeSpan? WaitAfter(ApiRequest request, ApiResponse response, Func<ApiResponse, bool> isTimeout, int attempt)
    {
        var shouldRetry = response.StatusCode switch
        {
            // The server has rejected the request without processing it.
            429 => response.RetryAfter is not null,
            503 => response.RetryAfter is not null && request.IsRepeatable,
            >= 500 => request.IsRepeatable && isTimeout(response),
            _ => false,
        };
        return shouldRetry && attempt < Attempts ? Backoff(attempt, response.RetryAfter) : null;
    }

    /// <summary>Gets the wait before a request is sent again after a connection failure; null if it is not sent again.</summary>
    public TimeSpan? WaitAfter(ApiRequest request, KubeConnectionException failure, int attempt)
    {
        var isTransient = failure.Reason is KubeConnectionFailure.Unreachable or KubeConnectionFailure.NameNotResolved or KubeConnectionFailure.TlsFailed
            or KubeConnectionFailure.ProxyFailed;

        // A server that rejects a request without reading it closes the stream immediately, sometimes before the response is complete
        // (https://www.rfc-editor.org/rfc/rfc9113#section-8.1). The server has not processed such a request.
        var wasRejected = failure.StatusCode is >= 400 and < 500;
        return isTransient && (request.IsRepeatable || wasRejected || !WasSent(failure)) && attempt < Attempts ? Backoff(attempt) : null;
    }

    /// <summary>Returns whether the server may have received a part of the request.</summary>
    private static bool WasSent(KubeConnectionException failure) => failure.Reason != KubeConnectionFailure.ProxyFailed && failure.InnerException is not HttpRequestException
    {
        HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
            or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
    };
}
