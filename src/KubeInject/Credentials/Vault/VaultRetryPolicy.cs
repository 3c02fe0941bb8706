using KubeInject.Http;

namespace KubeInject.Credentials.Vault;

/// <summary>What is asked again, and after what wait.</summary>
internal sealed record VaultRetryPolicy : RetryPolicy
{
    public VaultRetryPolicy() => Limits = DefaultLimits;

    /// <summary>The limits of a Vault server, which itself accepts requests of at most 32 MiB.</summary>
    public static ResponseLimits DefaultLimits { get; } = ResponseLimits.Default with { MaxBodyBytes = 32 * 1024 * 1024 };

    public static VaultRetryPolicy Default { get; } = new();

    /// <summary>How long an answer that names what there is to revoke is still waited for once nobody wants it any more.</summary>
    public TimeSpan LastWait { get; init; } = TimeSpan.FromSeconds(10);

    protected override double FixedPart => 0.5;

    /// <summary>The wait before a request is sent again; null where the answer stands.</summary>
    public TimeSpan? WaitAfter(VaultRequest request, VaultResponse response, int failures)
    {
        var isPassing = response.IsTurnedAway || (request.IsRepeatable && response.StatusCode >= 500 && response.StatusCode != 501 && !VaultFailures.IsRefusal(response));
        return isPassing ? Backoff(failures, response.RetryAfter) : null;
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
