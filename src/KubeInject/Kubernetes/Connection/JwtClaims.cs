using System.Text.Json;
using KubeInject.Http;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Kubernetes.Connection;

/// <summary>What a JSON Web Token says of itself. It is read, not checked: the signature is for whom the token is shown to.</summary>
public sealed record JwtClaims
{
    /// <summary>Who issued the token; null where it does not say.</summary>
    public string? Issuer { get; init; }

    /// <summary>Whom the token stands for: <c>system:serviceaccount:shop:teller</c>; null where it does not say.</summary>
    public string? Subject { get; init; }

    /// <summary>Who may accept the token; empty where it does not say.</summary>
    public IReadOnlyList<string> Audience { get; init; } = [];

    /// <summary>Until when the token is accepted; null for one that does not expire.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Reads the claims of a token.</summary>
    /// <param name="token">The token.</param>
    /// <returns>The claims; null for a token of another kind, which says nothing.</returns>
    public static JwtClaims? Read(SensitiveString token)
    {
        ArgumentNullException.ThrowIfNull(token);
        if (token.Reveal().Trim().Split('.') is not [_, { Length: > 0 } payload, _])
            return null;
        try
        {
            using var document = ObjectDocument.Parse(FromBase64Url(payload));
            var claims = document.RootElement;
            return new JwtClaims
            {
                Issuer = claims.Text("iss"),
                Subject = claims.Text("sub"),
                Audience = Audiences(claims.Get("aud")),
                ExpiresAt = Time(claims.Get("exp")),
            };
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    private static string[] Audiences(JsonElement audience) =>
        audience.Text() is { } one ? [one] : audience.Items().Select(item => item.Text()).OfType<string>().ToArray();

    private static byte[] FromBase64Url(string text) =>
        Convert.FromBase64String(text.Replace('-', '+').Replace('_', '/') + new string('=', (4 - (text.Length % 4)) % 4));

    /// <summary>A NumericDate of RFC 7519: seconds since 1970, which may have a fraction.</summary>
    private static DateTimeOffset? Time(JsonElement seconds) =>
        seconds.ValueKind == JsonValueKind.Number && seconds.TryGetDouble(out var value) && value >= 0 && value < DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.UnixEpoch.AddSeconds(value)
            : null;
}
