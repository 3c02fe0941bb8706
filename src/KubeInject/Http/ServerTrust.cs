using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KubeInject.Http;

/// <summary>Validates the certificate of a server according to the settings.</summary>
internal sealed class ServerTrust(TransportSettings settings)
{
    private const X509ChainStatusFlags NoTrustAnchor = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain;
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    private volatile TrustFailure? lastFailure;
    private volatile IReadOnlyList<byte[]> lastPresented = [];

    /// <summary>Why the last certificate was rejected; null if it was accepted.</summary>
    public TrustFailure? LastFailure => lastFailure;

    /// <summary>The certificates that the server presented last: its own certificate, then the intermediate certificates. Empty if it presented none.</summary>
    public IReadOnlyList<byte[]> PresentedCertificates => lastPresented;

    /// <summary>Creates TLS options that validate the server certificate with the specified authority or, without one, with the authorities that this machine trusts.</summary>
    public SslClientAuthenticationOptions CreateTls() => new()
    {
        RemoteCertificateValidationCallback = Validate,
        CertificateChainPolicy = settings.CertificateAuthority is { } authority ? CreatePolicy(authority) : null,
    };

    /// <summary>Creates the validation callback for the certificate of a proxy. Like kubectl, it trusts the authorities of this machine and the authority of the cluster.</summary>
    /// <param name="host">The host name or IP address of the proxy.</param>
    public RemoteCertificateValidationCallback AcceptsProxy(string host) => (_, certificate, chain, errors) =>
        settings.SkipCertificateCheck
        || (certificate is X509Certificate2 shown && IsValidFor(shown, host) && (!errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors)
            || (settings.CertificateAuthority is { } authority && ProblemsUnder(authority, shown, chain?.ChainPolicy.ExtraStore ?? [], null) == X509ChainStatusFlags.NoError)));

    /// <summary>Gets the problems of a server certificate for clients that trust only the specified authority.</summary>
    /// <param name="authority">The trust anchors.</param>
    /// <param name="certificate">The server certificate.</param>
    /// <param name="sent">The intermediate certificates that the server sends.</param>
    /// <param name="at">The time for which the certificate is validated; null for now.</param>
    internal static X509ChainStatusFlags ProblemsUnder(CertificateAuthority authority, X509Certificate2 certificate, X509Certificate2Collection sent, DateTimeOffset? at)
    {
        using var chain = new X509Chain { ChainPolicy = CreatePolicy(authority) };
        chain.ChainPolicy.ExtraStore.AddRange(sent);
        if (at is { } time)
            chain.ChainPolicy.VerificationTime = time.UtcDateTime;
        chain.Build(certificate);
        return ProblemsUnder(authority, chain);
    }

    private static X509ChainStatusFlags ProblemsUnder(CertificateAuthority authority, X509Chain? chain)
    {
        var anchored = chain?.ChainElements.Any(element => authority.Certificates.Any(anchor => anchor.RawData.AsSpan().SequenceEqual(element.Certificate.RawData))) ?? false;
        var problems = Flags(chain);
        return anchored ? problems & ~NoTrustAnchor : problems | X509ChainStatusFlags.UntrustedRoot;
    }

    /// <summary>Creates a chain policy with the specified certificates as the only trust anchors.</summary>
    private static X509ChainPolicy CreatePolicy(CertificateAuthority authority)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,

            // In kubectl, each certificate of the bundle is a trust anchor; in .NET, only self-signed certificates are.
            // So the policy accepts unknown roots, and ProblemsUnder looks for an anchor. Signatures are always checked.
            VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority,
        };
        policy.CustomTrustStore.AddRange(authority.Certificates);
        policy.ApplicationPolicy.Add(ServerAuthentication);
        return policy;
    }

    /// <summary>The validation callback for the certificate of the server.</summary>
    private bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        lastPresented = certificate is null ? [] : [certificate.GetRawCertData(), .. chain?.ChainPolicy.ExtraStore.Select(sent => sent.RawData) ?? []];
        if (settings.SkipCertificateCheck)
            return true;
        lastFailure = certificate is X509Certificate2 shown
            ? Check(shown, chain, errors)
            : new TrustFailure(CertificateProblem.Untrusted, $"{settings.Server} presented no certificate.");
        return lastFailure is null;
    }

    private TrustFailure? Check(X509Certificate2 certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var problems = settings.CertificateAuthority is { } authority ? ProblemsUnder(authority, chain)
            : errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) ? Flags(chain)
            : X509ChainStatusFlags.NoError;
        if ((problems & X509ChainStatusFlags.NotTimeValid) == problems && problems != X509ChainStatusFlags.NoError)
            return Expired(certificate);
        if (problems != X509ChainStatusFlags.NoError)
            return Untrusted(certificate, problems);
        return IsValidFor(certificate, settings.TlsServerName ?? settings.Server.IdnHost) ? null : WrongName(certificate);
    }

    private static X509ChainStatusFlags Flags(X509Chain? chain) =>
        chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (flags, status) => flags | status.Status) ?? X509ChainStatusFlags.UntrustedRoot;

    /// <summary>
    /// Returns whether a certificate is valid for a host, like kubectl: a host name must be one of its DNS names, an address
    /// one of its IP addresses. Unlike in .NET, the common name of the subject is ignored.
    /// (https://pkg.go.dev/crypto/x509#Certificate.VerifyHostname)
    /// </summary>
    private static bool IsValidFor(X509Certificate2 certificate, string host)
    {
        var name = host.EndsWith('.') ? host[..^1] : host;
        return Uri.CheckHostName(name) != UriHostNameType.Unknown && certificate.MatchesHostname(name, allowCommonName: false);
    }

    private TrustFailure Expired(X509Certificate2 certificate) => new(
        CertificateProblem.Expired,
        string.Create(
            CultureInfo.InvariantCulture,
            $"The certificate of {settings.Server}, or a certificate in its chain, has expired or is not valid yet: {Describe(certificate)}, valid from {certificate.NotBefore.ToUniversalTime():u} to {certificate.NotAfter.ToUniversalTime():u}."));

    private TrustFailure Untrusted(X509Certificate2 certificate, X509ChainStatusFlags problems)
    {
        var authority = settings.CertificateAuthority is { } given
            ? $"the specified certificate authority ({given})"
            : "a certificate authority that this machine trusts, and no other certificate authority is specified";
        var others = problems & ~NoTrustAnchor;
        var more = others == X509ChainStatusFlags.NoError ? "" : $" ({others})";
        return new TrustFailure(
            CertificateProblem.Untrusted,
            $"The certificate of {settings.Server} is not signed by {authority}{more}. The server presented: {Describe(certificate)}.");
    }

    private TrustFailure WrongName(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(extension => extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(address => address.ToString())))
            .ToList();
        var validFor = names.Count == 0 ? "no name (the common name of its subject is ignored)" : string.Join(", ", names);
        return new TrustFailure(
            CertificateProblem.WrongHostName,
            $"The certificate of {settings.Server} is not valid for {settings.TlsServerName ?? settings.Server.IdnHost}. It is valid for {validFor}. {(names.Count == 0 ? "Issue a certificate with the name or the address of the server as a subject alternative name" : "Use one of these names in the server's address or as tls-server-name")}.");
    }

    private static string Describe(X509Certificate2 certificate) => $"subject {certificate.Subject}, issuer {certificate.Issuer}";
}
