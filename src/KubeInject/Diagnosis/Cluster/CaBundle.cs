using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KubeInject.Annotations;
using KubeInject.Http;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Diagnosis.Cluster;

/// <summary>Checks the certificates by which the API server trusts a webhook.</summary>
internal static class CaBundle
{
    private const string Remedy = "Set the caBundle to the certificate authority of the injector, for example with cert-manager and the annotation cert-manager.io/inject-ca-from";

    /// <summary>Checks the bundle itself.</summary>
    /// <returns>The problem, or null; and the certificates, or null if they cannot be used.</returns>
    public static (Finding? Finding, CertificateAuthority? Authority) Check(DiagnosisSubject subject, MutatingWebhook webhook, DateTimeOffset now)
    {
        if (webhook.CaBundle is null)
            return (webhook.Service is null ? null : Find(FindingCode.MissingCaBundle, $"The caBundle of {webhook} is empty, so the API server does not trust its Service."), null);
        if (Read(webhook.CaBundle) is not { } authority)
            return (Find(FindingCode.InvalidCaBundle, $"The caBundle of {webhook} contains no readable PEM certificate."), null);
        var certificates = authority.Certificates;
        if (certificates.All(certificate => certificate.NotAfter.ToUniversalTime() < now))
            return (Find(FindingCode.ExpiredCaBundle, $"The caBundle of {webhook} expired on {Date(certificates.Max(certificate => certificate.NotAfter))}."), null);
        if (certificates.All(certificate => certificate.NotAfter.ToUniversalTime() < now || certificate.NotBefore.ToUniversalTime() > now))
            return (Find(FindingCode.CaBundleNotYetValid, $"The caBundle of {webhook} is not valid before {Date(certificates.Min(certificate => certificate.NotBefore))}."), null);
        return (null, authority);

        Finding Find(string code, string message) => subject.Find(code, FindingSeverity.Error, message, $"{Remedy}.");
    }

    /// <summary>Checks whether the bundle trusts the serving certificate of the injector.</summary>
    /// <param name="subject">The subject of the finding.</param>
    /// <param name="webhook">The webhook.</param>
    /// <param name="authority">The bundle.</param>
    /// <param name="secrets">The TLS Secrets of the Service's namespace. Certificates for other hosts are ignored.</param>
    /// <param name="now">The current time.</param>
    /// <returns>The problem; null if a certificate is trusted, or if no certificate is found.</returns>
    public static Finding? CheckServing(DiagnosisSubject subject, MutatingWebhook webhook, CertificateAuthority authority, IEnumerable<KubeObject> secrets, DateTimeOffset now)
    {
        var host = $"{webhook.Service!.Name}.{webhook.Service.Namespace}.svc";
        Finding? first = null;
        foreach (var secret in secrets)
        {
            if (Read(secret.ToElement().Get("data").Text("tls.crt") ?? "") is not { Certificates: var chain } || !chain[0].MatchesHostname(host, allowCommonName: false))
                continue;
            var problems = ServerTrust.ProblemsUnder(authority, chain[0], chain, now);
            if (problems == X509ChainStatusFlags.NoError)
                return null;
            first ??= (problems & X509ChainStatusFlags.NotTimeValid) != 0
                ? subject.Find(
                    FindingCode.ExpiredServingCertificate,
                    FindingSeverity.Error,
                    $"The certificate of the injector ({secret}) is valid only from {Date(chain[0].NotBefore)} to {Date(chain[0].NotAfter)}.",
                    "Renew the certificate, and restart the injector if it does not reload the certificate automatically.")
                : subject.Find(
                    FindingCode.UntrustedServingCertificate,
                    FindingSeverity.Error,
                    $"The certificate of the injector ({secret}) is not signed by the caBundle of {webhook}.",
                    $"{Remedy}, or issue the certificate from the authority in the caBundle.");
        }

        return first;
    }

    /// <summary>Reads a bundle. Returns null if it contains no readable certificate.</summary>
    public static CertificateAuthority? Read(string base64)
    {
        try
        {
            return CertificateAuthority.FromPem(Encoding.UTF8.GetString(Convert.FromBase64String(base64)));
        }
        catch (Exception exception) when (exception is FormatException or ConfigurationException)
        {
            return null;
        }
    }

    private static string Date(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
}
