using KubeInject.Annotations;
using KubeInject.Diagnosis;
using static KubeInject.IntegrationTests.Diagnosis.InjectorWebhookTests;

namespace KubeInject.IntegrationTests.Diagnosis;

/// <summary>A cluster in which no other test has installed an injector.</summary>
[Collection(nameof(NonParallel))]
public sealed class NoInjectorTests
{
    [Fact]
    public async Task Without_an_injector_the_diagnosis_reports_that_none_is_installed()
    {
        await using var fixture = await DiagnosisFixture.CreateAsync();

        var diagnosis = await fixture.DiagnoseManifestAsync();

        Breaks(diagnosis, DiagnosisStepKind.Actor, FindingCode.NoInjector, "Invoke-CredentialInjection");
        Assert.Equal("No injector: no webhook of KubeInject or the Vault database-credential injector is installed in the cluster.", diagnosis.FirstFailed!.Text);
    }
}
