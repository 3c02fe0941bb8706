namespace KubeInject.Http;

/// <summary>How long to wait between attempts, and how much a server may send. What is sent again depends on the server.</summary>
internal abstract record RetryPolicy
{
    /// <summary>The longest wait after a first failure; each further failure doubles it.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait, unless the server requests a longer one.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What the server may send.</summary>
    public ResponseLimits Limits { get; init; } = ResponseLimits.Default;

    /// <summary>The random part of a wait, between 0 and 1, so that clients do not come back at the same time.</summary>
    public Func<double> Jitter { get; init; } = Random.Shared.NextDouble;

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The part of the longest wait that is always waited, between 0 and 1.</summary>
    protected virtual double FixedPart => 0;

    /// <summary>The wait after so many failures in a row.</summary>
    public TimeSpan Backoff(int failures)
    {
        var longest = FirstWait * Math.Pow(2, Math.Min(failures - 1, 16));
        return (longest < LongestWait ? longest : LongestWait) * (FixedPart + ((1 - FixedPart) * Jitter()));
    }

    /// <summary>The wait after so many failures in a row, or the longer one that the server requests.</summary>
    protected TimeSpan Backoff(int failures, TimeSpan? retryAfter)
    {
        var wait = Backoff(failures);
        return retryAfter > wait ? retryAfter.Value : wait;
    }
}
