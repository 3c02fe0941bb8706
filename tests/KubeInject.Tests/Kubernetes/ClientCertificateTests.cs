using System.Security.Cryptography;
using KubeInject.Http;

namespace KubeInject.Tests.Kubernetes;

public class ClientCertificateTests
{
    public static TheoryData<string, string, string> Pairs
    {
        get
        {
            var (rsaCertificate, rsa) = TestCertificates.RsaClient();
            var (ecCertificate, ec) = TestCertificates.EcClient();
            return new()
            {
                { "PKCS#1", rsaCertificate, rsa.ExportRSAPrivateKeyPem() },
                { "RSA in PKCS#8", rsaCertificate, rsa.ExportPkcs8PrivateKeyPem() },
                { "SEC1", ecCertificate, ec.ExportECPrivateKeyPem() },
                { "EC in PKCS#8", ecCertificate, ec.ExportPkcs8PrivateKeyPem() },
                { "SEC1 after EC parameters", ecCertificate, "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + ec.ExportECPrivateKeyPem() },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Each_common_key_format_is_read(string form, string certificate, string key)
    {
        Assert.NotEmpty(form);
        Assert.True(ClientCertificate.FromPem(certificate, new SensitiveString(key)).Certificate.HasPrivateKey);
    }

    [Fact]
    public void Certificates_after_the_first_are_intermediates()
    {
        var (certificate, key) = TestCertificates.EcClient();
        using var authority = TestCertificates.Authority();
        var client = ClientCertificate.FromPem($"{certificate}\n{authority.ExportCertificatePem()}", new SensitiveString(key.ExportECPrivateKeyPem()));
        Assert.Equal("CN=ec-user", client.Certificate.Subject);
        Assert.Equal("CN=test-ca", Assert.Single(client.Intermediates).Subject);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Certificate_and_key_are_read_from_one_file_or_two(bool isOne)
    {
        using var folder = new TestFolder();
        var (certificate, key) = TestCertificates.EcClient();
        var path = folder.Write("me.crt", isOne ? $"{key.ExportPkcs8PrivateKeyPem()}\n{certificate}" : certificate);
        var client = ClientCertificate.FromFiles(path, isOne ? null : folder.Write("me.key", key.ExportECPrivateKeyPem()));
        Assert.Equal(("CN=ec-user", true), (client.Certificate.Subject, client.Certificate.HasPrivateKey));
    }

    [Fact]
    public void A_missing_file_is_an_error_that_names_it()
    {
        using var folder = new TestFolder();
        var path = folder.Write("me.crt", TestCertificates.EcClient().Certificate);
        Assert.Contains("/no/such.crt", Assert.Throws<ConfigurationException>(() => ClientCertificate.FromFiles("/no/such.crt")).Message, StringComparison.Ordinal);
        Assert.Contains("/no/such.key", Assert.Throws<ConfigurationException>(() => ClientCertificate.FromFiles(path, "/no/such.key")).Message, StringComparison.Ordinal);
        Assert.Contains(path, Assert.Throws<ConfigurationException>(() => ClientCertificate.FromFiles(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_of_another_certificate_is_an_error() =>
        AssertFails(TestCertificates.EcClient().Certificate, TestCertificates.EcClient().Key.ExportECPrivateKeyPem(), "has no matching RSA or ECDSA key");

    [Fact]
    public void An_invalid_key_is_an_error() => AssertFails(TestCertificates.EcClient().Certificate, "canary-key", "has no matching RSA or ECDSA key");

    [Fact]
    public void An_encrypted_key_is_an_error_that_says_so()
    {
        var (certificate, key) = TestCertificates.EcClient();
        AssertFails(certificate, key.ExportEncryptedPkcs8PrivateKeyPem("password", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)), "encrypted");
    }

    [Fact]
    public void An_invalid_certificate_is_an_error() =>
        AssertFails("-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n", "canary-key", "cannot be read");

    [Fact]
    public void A_certificate_without_its_key_is_an_error()
    {
        using var authority = TestCertificates.Authority();
        using var bare = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(authority.ExportCertificatePem());
        Assert.Contains("has no private key", Assert.Throws<ConfigurationException>(() => ClientCertificate.FromCertificate(bare)).Message, StringComparison.Ordinal);
    }

    private static void AssertFails(string certificate, string key, string message)
    {
        var error = Assert.Throws<ConfigurationException>(() => ClientCertificate.FromPem(certificate, new SensitiveString(key), "user 'u' in f"));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("user 'u' in f", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
    }
}
