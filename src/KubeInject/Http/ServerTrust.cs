using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KubeInject.Http;

/// <summary>Decides whether the server's certificate is the one that the settings ask for.</summary>
internal sealed class ServerTrust(TransportSettings settings)
{
    private const X509ChainStatusFlags Unanchored = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain;
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    private volatile TrustFailure? lastFailure;
    private volatile IReadOnlyList<byte[]> lastShown = [];

    /// <summary>Why the last certificate was turned down; null where none was.</summary>
    public TrustFailure? LastFailure => lastFailure;

    /// <summary>What the server showed last: its own certificate, then what it sent along; empty where it showed nothing.</summary>
    public IReadOnlyList<byte[]> LastShown => lastShown;

    /// <summary>Has the platform build the chain of the server's certificate: under the given authority, or else those that this machine trusts.</summary>
    public SslClientAuthenticationOptions CreateTls() => new()
    {
        RemoteCertificateValidationCallback = Accepts,
        CertificateChainPolicy = settings.CertificateAuthority is { } authority ? PolicyUnder(authority) : null,
    };

    /// <summary>The platform's callback for a proxy: who is trusted there is whom this machine trusts, or, as for kubectl, the cluster's authority.</summary>
    /// <param name="host">The name or address of the proxy.</param>
    public RemoteCertificateValidationCallback AcceptsProxy(string host) => (_, certificate, chain, errors) =>
        settings.SkipCertificateCheck
        || (certificate is X509Certificate2 shown && IsFor(shown, host) && (!errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors)
            || (settings.CertificateAuthority is { } authority && ProblemsUnder(authority, shown, chain?.ChainPolicy.ExtraStore ?? [], null) == X509ChainStatusFlags.NoError)));

    /// <summary>What keeps a server's certificate from being trusted by clients that trust the given authority alone.</summary>
    /// <param name="authority">The only anchors.</param>
    /// <param name="certificate">The server's own.</param>
    /// <param name="sent">What it sends along.</param>
    /// <param name="at">When; null for now.</param>
    internal static X509ChainStatusFlags ProblemsUnder(CertificateAuthority authority, X509Certificate2 certificate, X509Certificate2Collection sent, DateTimeOffset? at)
    {
        using var chain = new X509Chain { ChainPolicy = PolicyUnder(authority) };
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
        return anchored ? problems & ~Unanchored : problems | X509ChainStatusFlags.UntrustedRoot;
    }

    /// <summary>Builds chains with the given certificates as their only anchors.</summary>
    private static X509ChainPolicy PolicyUnder(CertificateAuthority authority)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,

            // For kubectl every certificate of the bundle is an anchor, for .NET only those that signed themselves.
            // So an unknown root is let through here, and an anchor looked for afterwards. Signatures are checked either way.
            VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority,
        };
        policy.CustomTrustStore.AddRange(authority.Certificates);
        policy.ApplicationPolicy.Add(ServerAuthentication);
        return policy;
    }

    /// <summary>The platform's callback.</summary>
    private bool Accepts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        lastShown = certificate is null ? [] : [certificate.GetRawCertData(), .. chain?.ChainPolicy.ExtraStore.Select(sent => sent.RawData) ?? []];
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
        return IsFor(certificate, settings.TlsServerName ?? settings.Server.IdnHost) ? null : WrongName(certificate);
    }

    private static X509ChainStatusFlags Flags(X509Chain? chain) =>
        chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (flags, status) => flags | status.Status) ?? X509ChainStatusFlags.UntrustedRoot;

    /// <summary>
    /// Whether a certificate is for a name or an address, as for kubectl: a name has to be among its DNS names, an address
    /// among its IP addresses. The common name of the subject does not count, which it does for the platform.
    /// (https://pkg.go.dev/crypto/x509#Certificate.VerifyHostname)
    /// </summary>
    private static bool IsFor(X509Certificate2 certificate, string host)
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
        var others = problems & ~Unanchored;
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
