using System.Security.Cryptography;
using System.Text;

namespace KubeInject.Credentials.PostgreSql;

/// <summary>Creates SCRAM-SHA-256 verifiers of passwords in the format of pg_authid.rolpassword (RFC 5803).</summary>
internal static class ScramVerifier
{
    // The defaults of PostgreSQL: SCRAM_SHA_256_DEFAULT_ITERATIONS, SCRAM_DEFAULT_SALT_LEN.
    private const int Iterations = 4096;
    private const int SaltLength = 16;

    /// <summary>Creates the verifier of a password. The password must consist of ASCII letters and digits, which SASLprep does not change.</summary>
    public static string Of(string password) => Of(password, RandomNumberGenerator.GetBytes(SaltLength));

    internal static string Of(string password, byte[] salt)
    {
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.ASCII.GetBytes(password), salt, Iterations, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);
        var storedKey = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var serverKey = HMACSHA256.HashData(salted, "Server Key"u8);
        return $"SCRAM-SHA-256${Iterations}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(storedKey)}:{Convert.ToBase64String(serverKey)}";
    }
}
