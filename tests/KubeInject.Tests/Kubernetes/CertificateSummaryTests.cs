using KubeInject.Http;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;

namespace KubeInject.Tests.Kubernetes;

public class CertificateSummaryTests
{
    [Theory]
    [InlineData(10, 10, "CN=test-server, 10 days left")]
    [InlineData(1.5, 1, "CN=test-server, 1 day left")]
    [InlineData(0.5, 0, "CN=test-server, 0 days left")]
    [InlineData(-0.5, -1, "CN=test-server, expired on {end}")]
    public void The_remaining_days_are_rounded_down(double days, int left, string text)
    {
        using var certificate = TestCertificates.Server(null);
        var now = new DateTimeOffset(certificate.NotAfter.ToUniversalTime()).AddDays(-days);

        var summary = CertificateSummary.Of(certificate, now);

        Assert.Equal((left, "CN=test-server", certificate.Thumbprint), (summary.DaysLeft, summary.Issuer, summary.Thumbprint));
        Assert.Equal(text.Replace("{end}", $"{summary.NotAfter:yyyy-MM-dd}", StringComparison.Ordinal), $"{summary}");
    }

    [Fact]
    public void A_chain_is_completed_with_the_CA()
    {
        using var root = TestCertificates.Authority("CN=root");
        using var intermediate = TestCertificates.Authority("CN=intermediate", root);
        using var server = TestCertificates.Server(intermediate);

        var chain = CertificateSummary.OfChain([server.RawData, intermediate.RawData], CertificateAuthority.FromPem(root.ExportCertificatePem()), DateTimeOffset.UtcNow);

        Assert.Equal(["CN=test-server", "CN=intermediate", "CN=root"], chain.Select(certificate => certificate.Subject));
    }

    [Fact]
    public void Without_a_certificate_the_chain_is_empty() => Assert.Empty(CertificateSummary.OfChain([], null, DateTimeOffset.UtcNow));

    [Fact]
    public void The_trusted_CAs_are_those_of_the_settings()
    {
        using var root = TestCertificates.Authority("CN=root");
        var settings = new ConnectionSettings { Server = new Uri("https://example.test"), CertificateAuthority = CertificateAuthority.FromPem(root.ExportCertificatePem()) };

        Assert.Equal("CN=root", Assert.Single(TrustedCertificates.Of(settings)).Subject);
        Assert.NotSame(settings.CertificateAuthority.Certificates[0], TrustedCertificates.Of(settings)[0]);
        Assert.Empty(TrustedCertificates.Of(settings with { CertificateAuthority = null, SkipCertificateCheck = true }));
        Assert.Empty(TrustedCertificates.Of(new ConnectionSettings { Server = new Uri("http://example.test") }));
    }

    [Fact]
    public void Without_a_CA_in_the_settings_the_system_CAs_are_trusted()
    {
        var trusted = TrustedCertificates.Of(new ConnectionSettings { Server = new Uri("https://example.test") });

        Assert.Equal(trusted.Count, trusted.DistinctBy(certificate => certificate.Thumbprint).Count());
    }
}
