using System.Security.Cryptography.X509Certificates;
using System.Text;
using KubeInject.Certificates;
using KubeInject.Tests.Kubernetes;

namespace KubeInject.Tests.Certificates;

/// <summary>The Secret with the certificates can have any content.</summary>
public sealed class CertificateSetDocumentTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private static readonly string[] Hosts = ["kubeinject.kubeinject.svc"];
    private static readonly RotationTimes Times = new();
    private static readonly CertificateSet Certificates = Full();

    [Fact]
    public void What_was_written_is_read()
    {
        var read = CertificateSetDocument.Read(CertificateSetDocument.Write(Certificates), Hosts);

        Assert.Equal(Certificates, read);
        Assert.Equal((true, true, true), (read.Authority.HasPrivateKey, read.NextAuthority!.HasPrivateKey, read.Serving!.HasPrivateKey));
        Assert.Equal(CertificateSetDocument.Keys.Order(), CertificateSetDocument.Write(Certificates).Keys.Order());
    }

    [Fact]
    public void The_key_of_a_previous_authority_is_not_kept()
    {
        var data = CertificateSetDocument.Write(Certificates);

        Assert.DoesNotContain("previous-ca.key", data.Keys);
        Assert.False(CertificateSetDocument.Read(data, Hosts).PreviousAuthority!.HasPrivateKey);
    }

    [Theory]
    [InlineData("ca.crt", null, "ca.crt is missing.")]
    [InlineData("ca.key", null, "ca.key is missing.")]
    [InlineData("ca.key", "hunter2", "ca.crt and ca.key are not a certificate and its key.")]
    [InlineData("ca.crt", "-----BEGIN CERTIFICATE-----\nMIIB", "ca.crt and ca.key are not a certificate and its key.")]
    [InlineData("next-ca.key", "", "next-ca.crt and next-ca.key are not a certificate and its key.")]
    [InlineData("previous-ca.crt", "x", "previous-ca.crt is not a certificate.")]
    [InlineData("since", "yesterday", "since is not a time.")]
    public void Damaged_authorities_are_an_error_without_the_value(string key, string? value, string expected)
    {
        var data = Change(key, value is null ? null : Encoding.UTF8.GetBytes(value));

        Assert.Equal(expected, Assert.Throws<InvalidDataException>(() => CertificateSetDocument.Read(data, Hosts)).Message);
    }

    [Fact]
    public void A_value_that_is_not_Base64_is_an_error()
    {
        var data = new Dictionary<string, string>(CertificateSetDocument.Write(Certificates)) { ["ca.crt"] = "?" };

        Assert.Equal("ca.crt is not Base64.", Assert.Throws<InvalidDataException>(() => CertificateSetDocument.Read(data, Hosts)).Message);
    }

    [Fact]
    public void The_key_of_another_authority_is_an_error()
    {
        var other = CertificateSetDocument.Write(Full());
        var data = new Dictionary<string, string>(CertificateSetDocument.Write(Certificates)) { ["ca.key"] = other["ca.key"] };

        Assert.Throws<InvalidDataException>(() => CertificateSetDocument.Read(data, Hosts));
    }

    [Fact]
    public void A_foreign_authority_is_an_error()
    {
        using var foreign = TestCertificates.Authority();
        var data = new Dictionary<string, string>(CertificateSetDocument.Write(Certificates));
        (data["ca.crt"], data["ca.key"]) = (Base64(foreign.ExportCertificatePem()), Base64(foreign.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()));

        Assert.Equal("ca.crt is not a certificate authority of kubeinject.", Assert.Throws<InvalidDataException>(() => CertificateSetDocument.Read(data, Hosts)).Message);
    }

    [Fact]
    public void A_serving_certificate_that_cannot_be_used_is_left_out()
    {
        var other = CertificateSetDocument.Write(Full());
        var changes = new[]
        {
            Change("tls.crt", null), Change("tls.key", "x"u8.ToArray()),
            new Dictionary<string, string>(CertificateSetDocument.Write(Certificates)) { ["tls.crt"] = other["tls.crt"], ["tls.key"] = other["tls.key"] },
        };

        Assert.All(changes, data => Assert.Null(CertificateSetDocument.Read(data, Hosts).Serving));
        Assert.Null(CertificateSetDocument.Read(CertificateSetDocument.Write(Certificates), ["other.kubeinject.svc"]).Serving);
    }

    private static CertificateSet Full()
    {
        var certificates = CertificateRotation.Decide(null, false, Hosts, Now, Times).Certificates;
        return certificates with { NextAuthority = CertificateFactory.CreateAuthority(Now, Times), PreviousAuthority = CertificateFactory.CreateAuthority(Now, Times), Since = Now };
    }

    private static Dictionary<string, string> Change(string key, byte[]? value)
    {
        var data = new Dictionary<string, string>(CertificateSetDocument.Write(Certificates));
        if (value is null)
            data.Remove(key);
        else
            data[key] = Convert.ToBase64String(value);
        return data;
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
