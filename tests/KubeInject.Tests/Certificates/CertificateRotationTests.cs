using KubeInject.Certificates;

namespace KubeInject.Tests.Certificates;

/// <summary>Which certificates are due, at fixed times.</summary>
public sealed class CertificateRotationTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly RotationTimes Times = new();
    private static readonly string[] Hosts = ["kubeinject.kubeinject.svc", "kubeinject.kubeinject.svc.cluster.local"];
    private static readonly CertificateSet First = Decide(null, Start);
    private static readonly DateTimeOffset Renewal = Start + Times.AuthorityRenewal;

    [Fact]
    public void A_new_certificate_is_for_all_hosts_and_signed_by_a_new_authority()
    {
        Assert.True(CertificateFactory.IsServing(First.Serving!, First.Authority, Hosts));
        Assert.Equal((Start + Times.ServingLifetime, Start + Times.AuthorityLifetime), (CertificateSet.EndOf(First.Serving!), CertificateSet.EndOf(First.Authority)));
        Assert.Equal((null, null, null), (First.NextAuthority, First.PreviousAuthority, First.Since));
        Assert.All([First.Serving!, First.Authority], certificate => Assert.Equal("ECC", certificate.PublicKey.Oid.FriendlyName));
    }

    [Fact]
    public void Nothing_is_due_until_the_serving_certificate_is_renewed()
    {
        var due = Start + Times.ServingRenewal;

        Assert.Equal(First, Decide(First, due - TimeSpan.FromSeconds(1)));
        var renewed = Decide(First, due);
        Assert.Equal(First.Authority, renewed.Authority);
        Assert.NotEqual(First.Serving, renewed.Serving);
        Assert.Equal(due + Times.ServingLifetime, CertificateSet.EndOf(renewed.Serving!));
    }

    [Fact]
    public void The_next_authority_is_created_long_before_the_end_and_does_not_sign()
    {
        var before = Decide(First, Renewal - TimeSpan.FromSeconds(1));
        var after = Decide(before, Renewal);

        Assert.Null(before.NextAuthority);
        Assert.NotNull(after.NextAuthority);
        Assert.Equal((First.Authority, before.Serving), (after.Authority, after.Serving));
        Assert.Contains(after.NextAuthority.ExportCertificatePem(), after.Bundle, StringComparison.Ordinal);
    }

    [Fact]
    public void The_next_authority_signs_only_after_it_was_trusted_for_the_delay()
    {
        var created = Decide(First, Renewal);
        var waiting = Decide(created, Renewal.AddYears(1));
        Assert.Equal((created.NextAuthority, null), (waiting.NextAuthority, waiting.Since));

        var trusted = Decide(waiting, Renewal.AddYears(1), isNextTrusted: true);
        Assert.Equal(Renewal.AddYears(1), trusted.Since);
        Assert.Equal(trusted, Decide(trusted, trusted.Since!.Value + Times.TrustDelay - TimeSpan.FromTicks(1), isNextTrusted: true));

        var signing = Decide(trusted, trusted.Since.Value + Times.TrustDelay, isNextTrusted: true);
        Assert.Equal((created.NextAuthority, First.Authority, null), (signing.Authority, signing.PreviousAuthority, signing.NextAuthority));
        Assert.True(CertificateFactory.IsServing(signing.Serving!, signing.Authority, Hosts));
    }

    [Fact]
    public void A_next_authority_that_was_removed_from_the_configuration_waits_again()
    {
        var trusted = Decide(Decide(First, Renewal), Renewal, isNextTrusted: true);

        var removed = Decide(trusted, Renewal + Times.TrustDelay, isNextTrusted: false);

        Assert.Equal((First.Authority, null), (removed.Authority, removed.Since));
    }

    [Fact]
    public void The_previous_authority_is_trusted_until_its_last_serving_certificate_has_expired()
    {
        var signing = Promote();
        var end = signing.Since!.Value + Times.ServingLifetime;

        var before = Decide(signing, end - TimeSpan.FromSeconds(1));
        Assert.Equal(First.Authority, before.PreviousAuthority);
        Assert.Contains(First.Authority.ExportCertificatePem(), before.Bundle, StringComparison.Ordinal);
        var after = Decide(before, end);
        Assert.Equal((null, null), (after.PreviousAuthority, after.Since));
        Assert.Equal($"{after.Authority.ExportCertificatePem()}\n", after.Bundle);
    }

    [Fact]
    public void An_expired_authority_is_replaced()
    {
        var replaced = Decide(First, CertificateSet.EndOf(First.Authority));

        Assert.NotEqual(First.Authority, replaced.Authority);
        Assert.Equal((null, null), (replaced.NextAuthority, replaced.PreviousAuthority));
    }

    [Fact]
    public void A_serving_certificate_never_ends_after_its_authority()
    {
        var last = Decide(First, CertificateSet.EndOf(First.Authority) - TimeSpan.FromHours(1));

        Assert.Equal(CertificateSet.EndOf(First.Authority), CertificateSet.EndOf(last.Serving!));
        Assert.Equal(last, Decide(last, CertificateSet.EndOf(First.Authority) - TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void A_time_in_the_future_does_not_stop_the_rotation()
    {
        var signing = Promote() with { Since = DateTimeOffset.MaxValue };

        var corrected = Decide(signing, Renewal.AddDays(1));

        Assert.Equal(Renewal.AddDays(1), corrected.Since);
    }

    [Fact]
    public void Certificates_of_other_hosts_and_authorities_are_recognized()
    {
        Assert.False(CertificateFactory.IsServing(First.Serving!, First.Authority, [Hosts[0]]));
        Assert.False(CertificateFactory.IsServing(First.Serving!, Decide(null, Start).Authority, Hosts));
        using var foreign = Kubernetes.TestCertificates.Authority();
        Assert.False(CertificateFactory.IsAuthority(foreign));
        Assert.False(CertificateFactory.IsAuthority(First.Serving!));
    }

    private static CertificateSet Promote()
    {
        var trusted = Decide(Decide(First, Renewal), Renewal, isNextTrusted: true);
        return Decide(trusted, Renewal + Times.TrustDelay, isNextTrusted: true);
    }

    private static CertificateSet Decide(CertificateSet? stored, DateTimeOffset now, bool isNextTrusted = false) => CertificateRotation.Decide(stored, isNextTrusted, Hosts, now, Times).Certificates;
}
