namespace KubeInject.Http;

/// <summary>The waits between attempts and the limits for responses. Derived policies decide which requests are sent again.</summary>
internal abstract record RetryPolicy
{
    /// <summary>The longest wait after a first failure; each further failure doubles it.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait, unless the server requests a longer one.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The limits for responses.</summary>
    public ResponseLimits Limits { get; init; } = ResponseLimits.Default;

    /// <summary>The random part of a wait, between 0 and 1, so that clients do not retry at the same time.</summary>
    public Func<double> Jitter { get; init; } = Random.Shared.NextDouble;

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The part of the longest wait that is always waited, between 0 and 1.</summary>
    protected virtual double FixedPart => 0;

    /// <summary>Gets the wait after a number of consecutive failures.</summary>
    public TimeSpan Backoff(int failures)
    {
        var longest = FirstWait * Math.Pow(2, Math.Min(failures - 1, 16));
        return (longest < LongestWait ? longest : LongestWait) * (FixedPart + ((1 - FixedPart) * Jitter()));
    }

    /// <summary>Gets the wait after a number of consecutive failures, or the wait that the server requests if it is longer.</summary>
    protected TimeSpan Backoff(int failures, TimeSpan? retryAfter)
    {
        var wait = Backoff(failures);
        return retryAfter > wait ? retryAfter.Value : wait;
    }
}
