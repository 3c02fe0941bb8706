using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KubeInject.Annotations;
using KubeInject.Http;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Diagnosis.Cluster;

/// <summary>Looks at the certificates by which the API server trusts a webhook.</summary>
internal static class CaBundle
{
    private const string Remedy = "Have whoever installed the injector put its certificate authority there; cert-manager does it where the configuration has the annotation cert-manager.io/inject-ca-from";

    /// <summary>Looks at the bundle alone.</summary>
    /// <returns>What is the matter; and the certificates, where they can be used.</returns>
    public static (Finding? Finding, CertificateAuthority? Authority) Check(DiagnosisSubject subject, MutatingWebhook webhook, DateTimeOffset now)
    {
        if (webhook.CaBundle is null)
            return (webhook.Service is null ? null : Find(FindingCode.MissingCaBundle, $"The caBundle of {webhook} is empty, so that the API server does not trust its Service."), null);
        if (Read(webhook.CaBundle) is not { } authority)
            return (Find(FindingCode.InvalidCaBundle, $"The caBundle of {webhook} holds no PEM certificate that can be read."), null);
        var certificates = authority.Certificates;
        if (certificates.All(certificate => certificate.NotAfter.ToUniversalTime() < now))
            return (Find(FindingCode.ExpiredCaBundle, $"The caBundle of {webhook} expired on {Date(certificates.Max(certificate => certificate.NotAfter))}."), null);
        if (certificates.All(certificate => certificate.NotAfter.ToUniversalTime() < now || certificate.NotBefore.ToUniversalTime() > now))
            return (Find(FindingCode.EarlyCaBundle, $"The caBundle of {webhook} is not valid before {Date(certificates.Min(certificate => certificate.NotBefore))}."), null);
        return (null, authority);

        Finding Find(string code, string message) => subject.Find(code, FindingSeverity.Error, message, $"{Remedy}.");
    }

    /// <summary>Looks whether the certificate with which the injector answers is trusted by the bundle.</summary>
    /// <param name="subject">What the finding is about.</param>
    /// <param name="webhook">The webhook.</param>
    /// <param name="authority">The bundle.</param>
    /// <param name="secrets">The TLS Secrets of the Service's namespace. One that is not for the Service says nothing.</param>
    /// <param name="now">The time.</param>
    /// <returns>What is the matter; null where one is trusted, and where none is known.</returns>
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
                    $"The certificate of the injector ({secret}) is valid from {Date(chain[0].NotBefore)} to {Date(chain[0].NotAfter)}, and not now.",
                    "Have it issued anew, and restart the injector if it does not take up a new one by itself.")
                : subject.Find(
                    FindingCode.UntrustedServingCertificate,
                    FindingSeverity.Error,
                    $"The certificate of the injector ({secret}) is not signed by the caBundle of {webhook}.",
                    $"{Remedy}, or have the certificate issued by that authority.");
        }

        return first;
    }

    private static CertificateAuthority? Read(string base64)
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
