using KubeInject.Annotations;
using KubeInject.Diagnosis;
using static KubeInject.IntegrationTests.Diagnosis.InjectorWebhookTests;

namespace KubeInject.IntegrationTests.Diagnosis;

/// <summary>A cluster in which no other test has installed an injector.</summary>
[Collection(nameof(NonParallel))]
public sealed class NoInjectorTests
{
    [Fact]
    public async Task Without_an_injector_the_diagnosis_reports_that_pods_are_only_injected_with_KubeInject()
    {
        await using var fixture = await DiagnosisFixture.CreateAsync();
        await fixture.CreateServiceAccountAsync("default");

        var diagnosis = await fixture.DiagnoseManifestAsync();

        Assert.Null(diagnosis.FirstFailed);
        Assert.Equal("can be injected with KubeInject: 1 database, 2 variables in 1 container", diagnosis.Verdict);
        var step = Assert.Single(diagnosis.Steps, step => step.Step == DiagnosisStepKind.Actor);
        Assert.Equal((DiagnosisStatus.Warning, "No injector: no webhook of KubeInject or the Vault database-credential injector is installed in the cluster."), (step.State, step.Text));
        Assert.Equal(FindingCode.NoInjector, Assert.Single(step.Findings).Code);
        Assert.Contains("Invoke-CredentialInjection", Explanation.Of(diagnosis).Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pods_of_another_dialect_are_not_injected_without_its_injector()
    {
        await using var fixture = await DiagnosisFixture.CreateAsync();

        var diagnosis = await fixture.DiagnoseManifestAsync(""","annotations":{"vault.hashicorp.com/agent-inject":"true","vault.hashicorp.com/role":"orders","vault.hashicorp.com/agent-inject-secret-db":"database/creds/orders"}""");

        Breaks(diagnosis, DiagnosisStepKind.Actor, FindingCode.NoInjector, "Install the injector");
    }
}
