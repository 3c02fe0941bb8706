using System.Security.Cryptography.X509Certificates;

namespace KubeInject.Certificates;

/// <summary>The certificates that are due, and why they differ from those that exist.</summary>
/// <param name="Certificates">The certificates, including a serving certificate. Equal to those that exist if there is nothing to do.</param>
/// <param name="Changes">The changes that an administrator might want to know, each as a sentence.</param>
internal sealed record RotationDecision(CertificateSet Certificates, IReadOnlyList<string> Changes);

/// <summary>
/// Decides which certificates are due. At any time, each valid serving certificate is signed by an authority that all API servers
/// trust: a new authority is first only trusted, then signs, and the previous one is trusted until its last serving certificate ends.
/// </summary>
internal static class CertificateRotation
{
    /// <summary>Decides what is due.</summary>
    /// <param name="stored">The stored certificates. Null if there are none that can be used.</param>
    /// <param name="isNextTrusted">Whether the next authority was in the webhook configuration before the certificates were read.</param>
    /// <param name="hosts">The host names and IP addresses that API servers use.</param>
    /// <param name="now">The current time.</param>
    /// <param name="times">The lifetimes.</param>
    public static RotationDecision Decide(CertificateSet? stored, bool isNextTrusted, IReadOnlyList<string> hosts, DateTimeOffset now, RotationTimes times)
    {
        var changes = new List<string>();
        if (stored is null || CertificateSet.EndOf(stored.Authority) <= now)
        {
            stored = new CertificateSet(CertificateFactory.CreateAuthority(now, times), null);
            changes.Add("Created a certificate authority.");
        }

        var certificates = RotateAuthority(stored, isNextTrusted, now, times, changes);
        if (certificates.Serving is not { } serving || IsDue(serving, certificates, now, times))
        {
            serving = CertificateFactory.CreateServing(certificates.Authority, hosts, now, times);
            certificates = certificates with { Serving = serving };
            changes.Add($"Created a serving certificate that is valid until {CertificateSet.EndOf(serving).UtcDateTime:u}.");
        }

        return new RotationDecision(certificates, changes);
    }

    private static CertificateSet RotateAuthority(CertificateSet certificates, bool isNextTrusted, DateTimeOffset now, RotationTimes times, List<string> changes)
    {
        // A time in the future was written with a wrong clock, or by hand.
        if (certificates.Since > now)
            certificates = certificates with { Since = now };
        var since = certificates.Since;
        if (certificates.PreviousAuthority is not null)
        {
            if (since is null)
                return certificates with { Since = now };
            if (now < since + times.ServingLifetime)
                return certificates;
            changes.Add("The previous certificate authority is no longer trusted, because its last serving certificate has expired.");
            return certificates with { PreviousAuthority = null, Since = null };
        }

        if (certificates.NextAuthority is not { } next || CertificateSet.EndOf(next) <= now)
        {
            if (now < CertificateSet.EndOf(certificates.Authority) - (times.AuthorityLifetime - times.AuthorityRenewal))
                return certificates;
            changes.Add($"Created the next certificate authority. It signs {times.TrustDelay.TotalMinutes:0} minutes after it was added to the webhook configuration.");
            return certificates with { NextAuthority = CertificateFactory.CreateAuthority(now, times), Since = null };
        }

        if (!isNextTrusted)
        {
            if (since is not null)
                changes.Add("The next certificate authority was removed from the webhook configuration, and is added again.");
            return certificates with { Since = null };
        }

        if (since is null)
        {
            changes.Add("The next certificate authority is in the webhook configuration.");
            return certificates with { Since = now };
        }

        if (now < since + times.TrustDelay)
            return certificates;
        changes.Add("The next certificate authority signs from now on. The previous one is trusted until its last serving certificate has expired.");
        return new CertificateSet(next, null) { PreviousAuthority = certificates.Authority, Since = now };
    }

    /// <summary>Whether a serving certificate has to be renewed. One that ends with its authority cannot be.</summary>
    private static bool IsDue(X509Certificate2 serving, CertificateSet certificates, DateTimeOffset now, RotationTimes times) =>
        now >= CertificateSet.EndOf(serving) - (times.ServingLifetime - times.ServingRenewal) && CertificateSet.EndOf(serving) < CertificateSet.EndOf(certificates.Authority);
}
