using KubeInject.Kubernetes;

namespace KubeInject.Credentials;

/// <summary>What is asked again, and after what wait.</summary>
internal sealed record VaultRetryPolicy
{
    public static VaultRetryPolicy Default { get; } = new();

    /// <summary>The longest wait after a first failure; each further failure doubles it.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait, unless the server asks for a longer one.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What the server may send.</summary>
    public ResponseLimits Limits { get; init; } = ResponseLimits.Vault;

    /// <summary>What part of the longest wait is waited, so that clients do not come back together: between 0 and 1.</summary>
    public Func<double> Jitter { get; init; } = Random.Shared.NextDouble;

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>How long an answer that names what there is to revoke is still waited for once nobody wants it any more.</summary>
    public TimeSpan LastWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The wait after so many failures in a row: at least half of the longest.</summary>
    public TimeSpan Backoff(int failures)
    {
        var longest = FirstWait * Math.Pow(2, Math.Min(failures - 1, 16));
        return (longest < LongestWait ? longest : LongestWait) * (0.5 + (Jitter() / 2));
    }

    /// <summary>The wait before a request is sent again; null where the answer stands.</summary>
    public TimeSpan? WaitAfter(VaultRequest request, VaultResponse response, int failures)
    {
        var isPassing = response.IsTurnedAway || (request.IsRepeatable && response.StatusCode >= 500 && response.StatusCode != 501 && !VaultFailures.IsRefusal(response));
        if (!isPassing)
            return null;
        var wait = Backoff(failures);
        return response.RetryAfter > wait ? response.RetryAfter : wait;
    }

    /// <summary>The wait before a request is sent again; null where the failure stands.</summary>
    public TimeSpan? WaitAfter(VaultRequest request, Exception failure, int failures)
    {
        var isPassing = ((failure as HttpRequestException)?.HttpRequestError ?? (failure as HttpIOException)?.HttpRequestError) switch
        {
            // It was never sent.
            HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.ProxyTunnelError => true,
            HttpRequestError.SecureConnectionError or HttpRequestError.InvalidResponse or HttpRequestError.VersionNegotiationError => false,
            _ => request.IsRepeatable,
        };
        return isPassing ? Backoff(failures) : null;
    }
}
