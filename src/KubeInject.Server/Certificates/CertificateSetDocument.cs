using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace KubeInject.Certificates;

/// <summary>Converts certificates to and from the data of a Secret. The values are Base64.</summary>
internal static class CertificateSetDocument
{
    /// <summary>All keys of the Secret.</summary>
    public static readonly IReadOnlyList<string> Keys = [Certificate(Authority), Key(Authority), Certificate(Next), Key(Next), Certificate(Previous), Since, Certificate(Serving), Key(Serving)];

    private const string Authority = "ca";
    private const string Next = "next-ca";
    private const string Previous = "previous-ca";
    private const string Serving = "tls";
    private const string Since = "since";

    /// <summary>Reads certificates. A serving certificate that cannot be used is left out, because the authority can sign another one.</summary>
    /// <param name="data">The data of the Secret.</param>
    /// <param name="hosts">The hosts that the serving certificate must be for.</param>
    /// <exception cref="InvalidDataException">The authorities cannot be used. The message contains no value.</exception>
    public static CertificateSet Read(IReadOnlyDictionary<string, string> data, IReadOnlyList<string> hosts)
    {
        var authority = ReadAuthority(data, Authority);
        return new CertificateSet(authority, ReadServing(data, authority, hosts))
        {
            NextAuthority = data.ContainsKey(Certificate(Next)) ? ReadAuthority(data, Next) : null,
            PreviousAuthority = data.ContainsKey(Certificate(Previous)) ? ReadAuthority(data, Previous, hasKey: false) : null,
            Since = data.ContainsKey(Since) ? ReadTime(data) : null,
        };
    }

    /// <summary>Converts certificates to the data of a Secret.</summary>
    public static IReadOnlyDictionary<string, string> Write(CertificateSet certificates)
    {
        var data = new Dictionary<string, string>(StringComparer.Ordinal);
        AddPair(Authority, certificates.Authority);
        AddPair(Next, certificates.NextAuthority);
        AddPair(Serving, certificates.Serving);
        if (certificates.PreviousAuthority is { } previous)
            Add(Certificate(Previous), previous.ExportCertificatePem());
        if (certificates.Since is { } since)
            Add(Since, since.ToString("o", CultureInfo.InvariantCulture));
        return data;

        void AddPair(string name, X509Certificate2? certificate)
        {
            if (certificate is null)
                return;
            using var key = certificate.GetECDsaPrivateKey()!;
            Add(Certificate(name), certificate.ExportCertificatePem());
            Add(Key(name), key.ExportPkcs8PrivateKeyPem());
        }

        void Add(string key, string text) => data[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
    }

    private static string Certificate(string name) => $"{name}.crt";

    private static string Key(string name) => $"{name}.key";

    private static X509Certificate2 ReadAuthority(IReadOnlyDictionary<string, string> data, string name, bool hasKey = true) =>
        ReadCertificate(data, name, hasKey) is var certificate && CertificateFactory.IsAuthority(certificate)
            ? certificate
            : throw new InvalidDataException($"{Certificate(name)} is not a certificate authority of kubeinject.");

    private static X509Certificate2? ReadServing(IReadOnlyDictionary<string, string> data, X509Certificate2 authority, IReadOnlyList<string> hosts)
    {
        try
        {
            return ReadCertificate(data, Serving, hasKey: true) is var certificate && CertificateFactory.IsServing(certificate, authority, hosts) ? certificate : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static X509Certificate2 ReadCertificate(IReadOnlyDictionary<string, string> data, string name, bool hasKey)
    {
        var (certificate, key) = (Text(data, Certificate(name)), hasKey ? Text(data, Key(name)) : "");
        try
        {
            // Only keys of this type are created.
            return hasKey && X509Certificate2.CreateFromPem(certificate, key) is var pair
                ? pair.GetECDsaPrivateKey() is not null ? pair : throw new CryptographicException()
                : X509Certificate2.CreateFromPem(certificate);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            // No inner exception, because its message could contain parts of the key.
            throw new InvalidDataException(hasKey ? $"{Certificate(name)} and {Key(name)} are not a certificate and its key." : $"{Certificate(name)} is not a certificate.");
        }
    }

    private static DateTimeOffset ReadTime(IReadOnlyDictionary<string, string> data) =>
        DateTimeOffset.TryParseExact(Text(data, Since), "o", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : throw new InvalidDataException($"{Since} is not a time.");

    private static string Text(IReadOnlyDictionary<string, string> data, string key)
    {
        try
        {
            return data.TryGetValue(key, out var text) ? Encoding.UTF8.GetString(Convert.FromBase64String(text)) : throw new InvalidDataException($"{key} is missing.");
        }
        catch (FormatException)
        {
            throw new InvalidDataException($"{key} is not Base64.");
        }
    }
}
