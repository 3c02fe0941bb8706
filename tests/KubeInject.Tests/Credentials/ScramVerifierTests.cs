using System.Security.Cryptography;
using System.Text;
using KubeInject.Credentials.PostgreSql;

namespace KubeInject.Tests.Credentials;

public sealed class ScramVerifierTests
{
    /// <summary>The example of RFC 7677, section 3.</summary>
    [Fact]
    public void A_verifier_matches_the_example_of_the_specification()
    {
        const string Exchange =
            "n=user,r=rOprNGfwEbeRWgbNEkqO,"
            + "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
            + "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        var proof = Convert.FromBase64String("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");

        var verifier = ScramVerifier.Of("pencil", Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ=="));

        Assert.StartsWith("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$", verifier, StringComparison.Ordinal);
        var keys = verifier.Split('$')[2].Split(':').Select(Convert.FromBase64String).ToArray();
        var message = Encoding.ASCII.GetBytes(Exchange);
        var clientKey = HMACSHA256.HashData(keys[0], message).Zip(proof, (one, other) => (byte)(one ^ other)).ToArray();
        Assert.Equal(keys[0], SHA256.HashData(clientKey));
        Assert.Equal("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", Convert.ToBase64String(HMACSHA256.HashData(keys[1], message)));
    }

    [Fact]
    public void Two_verifiers_of_one_password_differ() => Assert.NotEqual(ScramVerifier.Of("pencil"), ScramVerifier.Of("pencil"));
}
