using System.Text;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Tests.Kubernetes;

public class JwtClaimsTests
{
    [Fact]
    public void Claims_are_read()
    {
        var claims = Read("""{"iss":"https://issuer.test","sub":"system:serviceaccount:shop:teller","aud":["vault","api"],"exp":1767225600}""")!;

        Assert.Equal(("https://issuer.test", "system:serviceaccount:shop:teller"), (claims.Issuer, claims.Subject));
        Assert.Equal(["vault", "api"], claims.Audience);
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), claims.ExpiresAt);
    }

    [Fact]
    public void A_single_audience_needs_no_list() => Assert.Equal(["vault"], Read("""{"aud":"vault"}""")!.Audience);

    [Fact]
    public void Missing_claims_are_empty()
    {
        var claims = Read("{}")!;

        Assert.Equal((null, null, null), (claims.Issuer, claims.Subject, claims.ExpiresAt));
        Assert.Empty(claims.Audience);
    }

    [Theory]
    [InlineData("1767225600.5", 500)]
    [InlineData("1.7672256e9", 0)]
    public void Times_can_be_any_JSON_number(string number, int milliseconds) =>
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, milliseconds, TimeSpan.Zero), Read($$"""{"exp":{{number}}}""")!.ExpiresAt);

    [Theory]
    [InlineData("-1")]
    [InlineData("1e300")]
    [InlineData("253402300799")]
    [InlineData("\"soon\"")]
    public void An_invalid_time_is_ignored(string number) => Assert.Null(Read($$"""{"exp":{{number}}}""")!.ExpiresAt);

    [Fact]
    public void The_encoding_is_base64url()
    {
        const string subject = "ÿþ>>>???";
        var token = Token($$"""{"sub":"{{subject}}"}""");

        Assert.Matches("[-_]", token);
        Assert.Equal(subject, JwtClaims.Read(new SensitiveString(token + "\n"))!.Subject);
    }

    [Theory]
    [InlineData("")]
    [InlineData("opaque")]
    [InlineData("two.parts")]
    [InlineData("a..c")]
    [InlineData("a.%%%%.c")]
    [InlineData("a.bm90IGpzb24.c")]
    [InlineData("a.W10.c")]
    [InlineData("a.b.c.d.e")]
    public void An_opaque_token_has_no_claims(string token) => Assert.Null(JwtClaims.Read(new SensitiveString(token)));

    private static JwtClaims? Read(string payload) => JwtClaims.Read(new SensitiveString(Token(payload)));

    private static string Token(string payload) => $"e30.{Convert.ToBase64String(Encoding.UTF8.GetBytes(payload)).TrimEnd('=').Replace('+', '-').Replace('/', '_')}.c2ln";
}
