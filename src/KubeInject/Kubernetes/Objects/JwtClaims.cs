using System.Text.Json;
using KubeInject.Http;

namespace KubeInject.Kubernetes.Objects;

/// <summary>The claims of a JSON Web Token. The signature is not verified.</summary>
internal sealed record JwtClaims
{
    /// <summary>The issuer (<c>iss</c>); null if it is missing.</summary>
    public string? Issuer { get; init; }

    /// <summary>The subject (<c>sub</c>): <c>system:serviceaccount:shop:teller</c>; null if it is missing.</summary>
    public string? Subject { get; init; }

    /// <summary>The audiences (<c>aud</c>); empty if they are missing.</summary>
    public IReadOnlyList<string> Audience { get; init; } = [];

    /// <summary>The expiration time (<c>exp</c>); null if the token does not expire.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Reads the claims of a token.</summary>
    /// <param name="token">The token.</param>
    /// <returns>The claims; null if the token is not a JSON Web Token.</returns>
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

    /// <summary>Reads a NumericDate of RFC 7519: seconds since 1970, optionally with a fraction.</summary>
    private static DateTimeOffset? Time(JsonElement seconds) =>
        seconds.ValueKind == JsonValueKind.Number && seconds.TryGetDouble(out var value) && value >= 0 && value < DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.UnixEpoch.AddSeconds(value)
            : null;
}
