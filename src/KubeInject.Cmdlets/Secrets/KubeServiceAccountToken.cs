using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Cmdlets.Secrets;

/// <summary>A token of a ServiceAccount, as PowerShell takes secrets, and what it says of itself.</summary>
public sealed class KubeServiceAccountToken
{
    internal KubeServiceAccountToken(SensitiveString token, bool asPlainText, DateTimeOffset? expiration)
    {
        var claims = JwtClaims.Read(token);
        Token = asPlainText ? token.Reveal() : token.ToSecureString();
        Issuer = claims?.Issuer;
        Subject = claims?.Subject;
        Audience = claims?.Audience ?? [];
        ExpiresAt = claims?.ExpiresAt ?? expiration;
    }

    /// <summary>The token: a SecureString, or, on demand, a string.</summary>
    public object Token { get; }

    /// <summary>Who issued it.</summary>
    public string? Issuer { get; }

    /// <summary>Whom it stands for: <c>system:serviceaccount:shop:teller</c>.</summary>
    public string? Subject { get; }

    /// <summary>Who may accept it.</summary>
    public IReadOnlyList<string> Audience { get; }

    /// <summary>Until when it is accepted; null for one that does not expire.</summary>
    public DateTimeOffset? ExpiresAt { get; }

    /// <summary>How long it is accepted still, as kubectl shows ages: <c>59m</c>; <c>5m ago</c> where it is not any more, <c>-</c> for one that does not expire.</summary>
    public string ExpiresIn => HumanDuration.Until(ExpiresAt);

    /// <summary>Whom the token stands for; not the token.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => $"token of {Subject ?? "an unknown ServiceAccount"}";
}
