using System.Text;
using System.Text.Json.Nodes;
using KubeInject.Annotations;
using KubeInject.Diagnosis;
using static KubeInject.IntegrationTests.Diagnosis.InjectorWebhookTests;

namespace KubeInject.IntegrationTests.Diagnosis;

public sealed class WebhookTests
{
    public static TheoryData<string, string> Bundles => new()
    {
        { FindingCode.MissingCaBundle, "" },
        { FindingCode.InvalidCaBundle, Convert.ToBase64String(Encoding.UTF8.GetBytes("\n")) },
        { FindingCode.InvalidCaBundle, Convert.ToBase64String(Encoding.UTF8.GetBytes("-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----")) },
        { FindingCode.ExpiredCaBundle, Bundle(-9, -2) },
        { FindingCode.CaBundleNotYetValid, Bundle(2, 9) },
    };

    [Theory]
    [MemberData(nameof(Bundles))]
    public async Task An_unusable_CA_bundle_is_named(string code, string bundle)
    {
        await using var fixture = await DiagnosisFixture.CreateSoundAsync(webhook => webhook["clientConfig"]!["caBundle"] = bundle);

        Breaks(await fixture.DiagnoseManifestAsync(), DiagnosisStepKind.Webhook, code, "certificate authority");
    }

    [Fact]
    public async Task One_valid_certificate_in_a_bundle_is_enough()
    {
        using var old = DiagnosisFixture.CreateAuthority(-9, -2);
        using var current = DiagnosisFixture.CreateAuthority(-1, 1);
        await using var fixture = await DiagnosisFixture.CreateSoundAsync(webhook => webhook["clientConfig"]!["caBundle"] = DiagnosisFixture.Bundle(old, current));

        Assert.Null((await fixture.DiagnoseManifestAsync()).FirstFailed);
    }

    [Fact]
    public async Task A_serving_certificate_must_be_issued_by_the_CA_of_the_bundle()
    {
        using var authority = DiagnosisFixture.CreateAuthority(-1, 1);
        using var other = DiagnosisFixture.CreateAuthority(-1, 1);
        await using var trusted = await DiagnosisFixture.CreateSoundAsync(webhook => webhook["clientConfig"]!["caBundle"] = DiagnosisFixture.Bundle(authority));
        await trusted.CreateServingCertificateAsync(authority);
        await using var untrusted = await DiagnosisFixture.CreateSoundAsync(webhook => webhook["clientConfig"]!["caBundle"] = DiagnosisFixture.Bundle(authority));
        await untrusted.CreateServingCertificateAsync(other);

        Assert.Null((await trusted.DiagnoseManifestAsync()).FirstFailed);
        Breaks(await untrusted.DiagnoseManifestAsync(), DiagnosisStepKind.Webhook, FindingCode.UntrustedServingCertificate, "from the authority in the caBundle");
    }

    [Fact]
    public async Task An_expired_serving_certificate_is_named()
    {
        using var authority = DiagnosisFixture.CreateAuthority(-9, 9);
        await using var fixture = await DiagnosisFixture.CreateSoundAsync(webhook => webhook["clientConfig"]!["caBundle"] = DiagnosisFixture.Bundle(authority));
        await fixture.CreateServingCertificateAsync(authority, DateTimeOffset.UtcNow.AddDays(-2));

        Breaks(await fixture.DiagnoseManifestAsync(), DiagnosisStepKind.Webhook, FindingCode.ExpiredServingCertificate, "Renew the certificate");
    }

    [Fact]
    public async Task A_missing_Service_is_named()
    {
        await using var fixture = await DiagnosisFixture.CreateSoundAsync(webhook => webhook["clientConfig"]!["service"]!["name"] = "gone");

        Breaks(await fixture.DiagnoseManifestAsync(), DiagnosisStepKind.Webhook, FindingCode.MissingService, "delete the MutatingWebhookConfiguration");
    }

    [Fact]
    public async Task A_port_that_the_Service_does_not_have_is_named()
    {
        await using var fixture = await DiagnosisFixture.CreateSoundAsync(webhook => webhook["clientConfig"]!["service"]!["port"] = 8443);

        Breaks(await fixture.DiagnoseManifestAsync(), DiagnosisStepKind.Webhook, FindingCode.MissingServicePort, fixture.Label);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("notReadyAddresses")]
    public async Task A_Service_without_ready_endpoints_is_named(string? endpoints)
    {
        await using var fixture = await DiagnosisFixture.CreateAsync();
        await fixture.CreateServiceAccountAsync("default");
        await fixture.CreateServiceAsync();
        await fixture.CreateWebhookAsync();
        if (endpoints is not null)
            await fixture.CreateEndpointsAsync(endpoints);

        Breaks(await fixture.DiagnoseManifestAsync(), DiagnosisStepKind.Webhook, FindingCode.NoEndpoint, $"kubectl get pods --namespace {fixture.Namespace}");
    }

    [Fact]
    public async Task A_webhook_at_a_URL_needs_no_Service_and_no_bundle()
    {
        await using var fixture = await DiagnosisFixture.CreateAsync();
        await fixture.CreateServiceAccountAsync("default");
        await fixture.CreateWebhookAsync(webhook => webhook["clientConfig"] = new JsonObject { ["url"] = "https://192.0.2.7/mutate" });

        Assert.Null((await fixture.DiagnoseManifestAsync()).FirstFailed);
    }

    private static string Bundle(int from, int to)
    {
        using var authority = DiagnosisFixture.CreateAuthority(from, to);
        return DiagnosisFixture.Bundle(authority);
    }
}
