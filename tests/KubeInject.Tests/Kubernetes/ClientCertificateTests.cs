using System.Security.Cryptography;
using KubeInject.Kubernetes;

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
                { "SEC1 after its parameters", ecCertificate, "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + ec.ExportECPrivateKeyPem() },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Each_usual_form_of_a_key_is_read(string form, string certificate, string key)
    {
        Assert.NotEmpty(form);
        Assert.True(ClientCertificate.FromPem(certificate, new Secret(key)).Certificate.HasPrivateKey);
    }

    [Fact]
    public void What_follows_the_certificate_are_intermediates()
    {
        var (certificate, key) = TestCertificates.EcClient();
        using var authority = TestCertificates.Authority();
        var client = ClientCertificate.FromPem($"{certificate}\n{authority.ExportCertificatePem()}", new Secret(key.ExportECPrivateKeyPem()));
        Assert.Equal("CN=ec-user", client.Certificate.Subject);
        Assert.Equal("CN=test-ca", Assert.Single(client.Intermediates).Subject);
    }

    [Fact]
    public void A_key_of_another_certificate_is_an_error() =>
        AssertFails(TestCertificates.EcClient().Certificate, TestCertificates.EcClient().Key.ExportECPrivateKeyPem(), "belongs to it");

    [Fact]
    public void A_key_that_is_none_is_an_error() => AssertFails(TestCertificates.EcClient().Certificate, "canary-key", "belongs to it");

    [Fact]
    public void An_encrypted_key_is_an_error_that_says_so()
    {
        var (certificate, key) = TestCertificates.EcClient();
        AssertFails(certificate, key.ExportEncryptedPkcs8PrivateKeyPem("password", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)), "encrypted");
    }

    [Fact]
    public void A_broken_certificate_is_an_error() =>
        AssertFails("-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n", "canary-key", "cannot be read");

    [Fact]
    public void A_certificate_without_its_key_proves_nobody()
    {
        using var authority = TestCertificates.Authority();
        using var bare = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(authority.ExportCertificatePem());
        Assert.Contains("without its private key", Assert.Throws<KubeConfigurationException>(() => ClientCertificate.FromCertificate(bare)).Message, StringComparison.Ordinal);
    }

    private static void AssertFails(string certificate, string key, string message)
    {
        var error = Assert.Throws<KubeConfigurationException>(() => ClientCertificate.FromPem(certificate, new Secret(key), "user 'u' in f"));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("user 'u' in f", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
    }
}
