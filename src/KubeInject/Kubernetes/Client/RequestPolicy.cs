namespace KubeInject.Kubernetes;

/// <summary>What is asked again, how often, and after what wait.</summary>
internal sealed record RequestPolicy
{
    public static RequestPolicy Default { get; } = new();

    /// <summary>How often one request is sent at most.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>The longest wait after a first failure; each further failure doubles it.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait, unless the server asks for a longer one.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What the server may send.</summary>
    public ResponseLimits Limits { get; init; } = ResponseLimits.Default;

    /// <summary>What part of the longest wait is waited: anything between none and all, so that clients do not come back together.</summary>
    public Func<double> Jitter { get; init; } = Random.Shared.NextDouble;

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The wait after so many failures in a row.</summary>
    public TimeSpan Backoff(int failures)
    {
        var longest = FirstWait * Math.Pow(2, Math.Min(failures - 1, 16));
        return (longest < LongestWait ? longest : LongestWait) * Jitter();
    }

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
        if (!isToRepeat || attempt >= Attempts)
            return null;
        var wait = Backoff(attempt);
        return response.RetryAfter > wait ? response.RetryAfter : wait;
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
