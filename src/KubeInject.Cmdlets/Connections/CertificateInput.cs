using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;
using KubeInject.Http;

namespace KubeInject.Cmdlets.Connections;

/// <summary>Converts input to certificates: PEM files, PEM text (also line by line from Get-Content), and X509Certificate2 objects.</summary>
internal static class CertificateInput
{
    private const string PemStart = "-----BEGIN";

    public static ClientCertificate ClientCertificate(object certificate, string? key, Func<string, string> fullPath) => (Unwrap(certificate), key) switch
    {
        (X509Certificate2 given, null) => Http.ClientCertificate.FromCertificate(given),
        (string path, _) => Http.ClientCertificate.FromFiles(fullPath(path), key is null ? null : fullPath(key)),
        (FileInfo file, _) => Http.ClientCertificate.FromFiles(file.FullName, key is null ? null : fullPath(key)),
        (X509Certificate2, _) => throw new ConfigurationException("-ClientKey cannot be combined with an X509Certificate2, which contains its own key."),
        var (other, _) => throw NoCertificate(other),
    };

    public static CertificateAuthority Authority(object[] certificates, Func<string, string> fullPath)
    {
        var given = certificates.Select(Unwrap).ToList();
        if (given.TrueForAll(one => one is string) && given.Exists(IsPem))
            return CertificateAuthority.FromPem(string.Join('\n', given));
        IReadOnlyList<CertificateAuthority> authorities = [.. given.Select(one => Authority(one, fullPath))];
        return authorities is [var single]
            ? single
            : CertificateAuthority.FromCertificates(
                [.. authorities.SelectMany(authority => authority.Certificates)], string.Join(", ", authorities.Select(authority => authority.Source).Distinct()));
    }

    private static CertificateAuthority Authority(object given, Func<string, string> fullPath) => given switch
    {
        X509Certificate2 certificate => CertificateAuthority.FromCertificates([certificate]),
        string text => IsPem(text) ? CertificateAuthority.FromPem(text) : CertificateAuthority.FromFile(fullPath(text)),
        FileInfo file => CertificateAuthority.FromFile(file.FullName),
        _ => throw NoCertificate(given),
    };

    private static bool IsPem(object given) => given is string text && text.Contains(PemStart, StringComparison.Ordinal);

    private static object Unwrap(object given) => given is PSObject wrapped ? wrapped.BaseObject : given;

    private static ConfigurationException NoCertificate(object given) =>
        new($"An object of the type {given.GetType().Name} is neither the path of a PEM file nor an X509Certificate2.");
}
