using KubeInject.Injector.Serve;
using Microsoft.Extensions.Time.Testing;

namespace KubeInject.Tests.Injector.Serve;

/// <summary>The certificate is replaced when its files change, and kept while they cannot be used.</summary>
public sealed class ServingCertificateTests : IDisposable
{
    private readonly CertificateFiles files = new();
    private readonly FakeTimeProvider time = new();
    private readonly ListLogger log = new();

    public void Dispose() => files.Dispose();

    [Fact]
    public void Changed_files_are_used_after_a_second()
    {
        var certificate = Read();
        var first = certificate.Current.TargetCertificate.Thumbprint;
        using var replacement = CertificateFiles.New();
        files.Write(replacement);

        time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(first, certificate.Current.TargetCertificate.Thumbprint);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(replacement.Thumbprint, certificate.Current.TargetCertificate.Thumbprint);
        Assert.StartsWith("Information: The certificate was replaced.", Assert.Single(log.Entries), StringComparison.Ordinal);
    }

    [Fact]
    public void Unchanged_files_are_not_used_again()
    {
        var certificate = Read();
        var first = certificate.Current;

        time.Advance(TimeSpan.FromMinutes(1));

        Assert.Same(first, certificate.Current);
        Assert.Empty(log.Entries);
    }

    [Fact]
    public void The_certificate_is_kept_until_both_files_are_replaced()
    {
        var certificate = Read();
        var first = certificate.Current.TargetCertificate.Thumbprint;
        using var replacement = CertificateFiles.New();

        files.WriteCertificate(replacement);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(first, certificate.Current.TargetCertificate.Thumbprint);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(first, certificate.Current.TargetCertificate.Thumbprint);
        Assert.StartsWith("Warning: The previous certificate is kept: ", Assert.Single(log.Entries), StringComparison.Ordinal);
        files.WriteKey(replacement);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(replacement.Thumbprint, certificate.Current.TargetCertificate.Thumbprint);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIB")]
    public void A_partly_written_file_is_not_used(string content)
    {
        var certificate = Read();
        var first = certificate.Current.TargetCertificate.Thumbprint;

        File.WriteAllText(files.Certificate, content);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(first, certificate.Current.TargetCertificate.Thumbprint);
    }

    [Fact]
    public void A_removed_file_is_reported_and_the_certificate_kept()
    {
        var certificate = Read();
        var first = certificate.Current.TargetCertificate.Thumbprint;
        File.Delete(files.Key);

        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(first, certificate.Current.TargetCertificate.Thumbprint);
        Assert.Contains("tls.key", Assert.Single(log.Entries), StringComparison.Ordinal);
    }

    // A Secret volume replaces a link to a folder, and the files in it keep their names.
    [LinuxFact]
    public void Files_that_are_replaced_with_a_link_are_used()
    {
        using var second = new CertificateFiles();
        var folder = Path.GetDirectoryName(files.Certificate)!;
        var link = Path.Combine(folder, "current");
        Directory.CreateSymbolicLink(link, folder);
        var certificate = new ServingCertificate(Path.Combine(link, "tls.crt"), Path.Combine(link, "tls.key"), log, time);
        var first = certificate.Current.TargetCertificate.Thumbprint;

        Directory.Delete(link);
        Directory.CreateSymbolicLink(link, Path.GetDirectoryName(second.Certificate)!);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.NotEqual(first, certificate.Current.TargetCertificate.Thumbprint);
    }

    private ServingCertificate Read() => new(files.Certificate, files.Key, log, time);
}
