using System.Security.Cryptography;
using System.Text;

namespace KubeInject.Credentials.PostgreSql;

/// <summary>The form in which PostgreSQL keeps a password (RFC 5803, as pg_authid.rolpassword has it).</summary>
internal static class ScramVerifier
{
    // PostgreSQL's own numbers: SCRAM_SHA_256_DEFAULT_ITERATIONS, SCRAM_DEFAULT_SALT_LEN.
    private const int Iterations = 4096;
    private const int SaltLength = 16;

    /// <summary>Makes the verifier of a password of ASCII letters and digits, which SASLprep leaves as they are.</summary>
    public static string Of(string password) => Of(password, RandomNumberGenerator.GetBytes(SaltLength));

    internal static string Of(string password, byte[] salt)
    {
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.ASCII.GetBytes(password), salt, Iterations, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);
        var storedKey = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var serverKey = HMACSHA256.HashData(salted, "Server Key"u8);
        return $"SCRAM-SHA-256${Iterations}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(storedKey)}:{Convert.ToBase64String(serverKey)}";
    }
}
