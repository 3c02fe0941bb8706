using KubeInject.Http;
using KubeInject.Kubernetes.Errors;

namespace KubeInject.Kubernetes.Client;

/// <summary>What is asked again, how often, and after what wait.</summary>
internal sealed record KubeRetryPolicy : RetryPolicy
{
    public static KubeRetryPolicy Default { get; } = new();

    /// <summary>How often one request is sent at most.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>The wait before a request is sent again; null where the answer stands.</summary>
    public TimeSpan? WaitAfter(ApiRequest request, ApiResponse response, Func<ApiResponse, bool> isTimeout, int attempt)
    {
        var isToRepeat = response.StatusCode switch
        {
            // Refused at the door: what was asked has not been begun.
            429 => response.RetryAfter is not null,
            503 => response.RetryAfter is not null && request.IsRepeatable,
            >= 500 => request.IsRepeatable && isTimeout(response),
            _ => false,
        };
        return isToRepeat && attempt < Attempts ? Backoff(attempt, response.RetryAfter) : null;
    }

    /// <summary>The wait before a request is sent again; null where the failure stands.</summary>
    public TimeSpan? WaitAfter(ApiRequest request, KubeConnectionException failure, int attempt)
    {
        var isPassing = failure.Reason is KubeConnectionFailure.Unreachable or KubeConnectionFailure.NameNotResolved or KubeConnectionFailure.TlsFailed
            or KubeConnectionFailure.ProxyFailed;

        // A server that refuses a request unread closes its stream at once, sometimes before the refusal is through
        // (https://www.rfc-editor.org/rfc/rfc9113#section-8.1). What was refused has not been done.
        var wasRefused = failure.StatusCode is >= 400 and < 500;
        return isPassing && (request.IsRepeatable || wasRefused || !WasSent(failure)) && attempt < Attempts ? Backoff(attempt) : null;
    }

    /// <summary>Whether the server may have got any of the request.</summary>
    private static bool WasSent(KubeConnectionException failure) => failure.Reason != KubeConnectionFailure.ProxyFailed && failure.InnerException is not HttpRequestException
    {
        HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
            or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
    };
}
