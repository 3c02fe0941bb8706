using KubeInject.Kubernetes.Objects;

namespace KubeInject.Cmdlets.Secrets;

/// <summary>A token of a ServiceAccount, as a SecureString or string, and its claims.</summary>
public sealed class KubeServiceAccountToken
{
    /// <summary>The token: a SecureString, or a string if -AsPlainText is specified.</summary>
    public required object Token { get; init; }

    /// <summary>The issuer of the token; null if the token is not a JWT.</summary>
    public string? Issuer { get; init; }

    /// <summary>The user that the token authenticates, for example <c>system:serviceaccount:shop:teller</c>; null if the token is not a JWT.</summary>
    public string? Subject { get; init; }

    /// <summary>The audiences that the token is valid for.</summary>
    public IReadOnlyList<string> Audience { get; init => field = ReadableList.Of(value); } = ReadableList<string>.Empty;

    /// <summary>The time when the token expires; null if it does not expire.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The remaining time until the token expires; negative if it has expired, and null if it does not expire. Views show it as kubectl does, for example <c>59m</c>.</summary>
    public TimeSpan? ExpiresIn => ExpiresAt - DateTimeOffset.UtcNow;

    /// <summary>Returns the user that the token authenticates, without the token.</summary>
    /// <returns>The text in one line.</returns>
    public override string ToString() => $"token of {Subject ?? "an unknown ServiceAccount"}";

    /// <summary>Creates the output of a token.</summary>
    internal static KubeServiceAccountToken Of(SensitiveString token, bool asPlainText, DateTimeOffset? expiration)
    {
        var claims = JwtClaims.Read(token);
        return new KubeServiceAccountToken
        {
            Token = asPlainText ? token.Reveal() : token.ToSecureString(),
            Issuer = claims?.Issuer,
            Subject = claims?.Subject,
            Audience = claims?.Audience ?? [],
            ExpiresAt = claims?.ExpiresAt ?? expiration,
        };
    }
}
