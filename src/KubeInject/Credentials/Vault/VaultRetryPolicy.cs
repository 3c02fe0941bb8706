using KubeInject.Http;

namespace KubeInject.Credentials.Vault;

/// <summary>Decides which requests are retried, and after which delay.</summary>
internal sealed record VaultRetryPolicy : RetryPolicy
{
    public VaultRetryPolicy() => Limits = DefaultLimits;

    /// <summary>The response limits. Vault itself accepts requests of at most 32 MiB.</summary>
    public static ResponseLimits DefaultLimits { get; } = ResponseLimits.Default with { MaxBodyBytes = 32 * 1024 * 1024 };

    public static VaultRetryPolicy Default { get; } = new();

    /// <summary>How long a request that issues something continues after a cancellation, so that its result can be revoked. Default: 10 seconds.</summary>
    public TimeSpan CancellationGracePeriod { get; init; } = TimeSpan.FromSeconds(10);

    protected override double FixedPart => 0.5;

    /// <summary>Returns the delay before a retry; null if the response is final.</summary>
    public TimeSpan? WaitAfter(VaultRequest request, VaultResponse response, int failures)
    {
        var isTransient = response.WasRejectedBeforeProcessing || (request.IsRepeatable && response.StatusCode >= 500 && response.StatusCode != 501 && !VaultFailures.IsRefusal(response));
        return isTransient ? Backoff(failures, response.RetryAfter) : null;
    }

    /// <summary>Returns the delay before a retry; null if the failure is final.</summary>
    public TimeSpan? WaitAfter(VaultRequest request, Exception failure, int failures)
    {
        var isTransient = TransportError.KindOf(failure) switch
        {
            // The request was not sent.
            HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.ProxyTunnelError => true,
            HttpRequestError.SecureConnectionError or HttpRequestError.InvalidResponse or HttpRequestError.VersionNegotiationError => false,
            _ => request.IsRepeatable,
        };
        return isTransient ? Backoff(failures) : null;
    }
}
