using KubeInject.Annotations;
using KubeInject.Diagnosis;
using KubeInject.Kubernetes.Connection;
using static KubeInject.IntegrationTests.Diagnosis.InjectorWebhookTests;

namespace KubeInject.IntegrationTests.Diagnosis;

public sealed class IdentityTests
{
    private const string OfOrders = """{"serviceAccountName":"orders","containers":[{"name":"app","image":"app"}]}""";

    [Fact]
    public async Task A_missing_ServiceAccount_is_named()
    {
        await using var fixture = await DiagnosisFixture.CreateSoundAsync();

        Breaks(
            await fixture.DiagnoseManifestAsync(spec: OfOrders), DiagnosisStepKind.Identity, FindingCode.MissingServiceAccount, $"kubectl create serviceaccount orders --namespace {fixture.Namespace}");
    }

    [Fact]
    public async Task The_step_passes_if_the_ServiceAccount_can_get_tokens()
    {
        await using var fixture = await DiagnosisFixture.CreateSoundAsync();
        await fixture.CreateServiceAccountAsync("orders");

        Assert.Equal("The ServiceAccount orders exists and gets tokens.", (await LinkAsync(fixture, fixture.Connection)).Text);
    }

    [Fact]
    public async Task A_user_who_may_not_request_tokens_requests_none_and_gets_a_message()
    {
        await using var fixture = await DiagnosisFixture.CreateSoundAsync();
        await fixture.CreateServiceAccountAsync("orders");
        await TestCluster.AllowAsync(fixture.Namespace, "serviceaccounts", "User", Identity.Viewer);
        using var viewer = await TestCluster.OpenAsync("viewer", fixture.Namespace);
        var requests = new List<string>();
        viewer.RequestCompleted += request => requests.Add(request.Path);

        var link = await LinkAsync(fixture, viewer);

        Assert.Equal(DiagnosisStatus.Unknown, link.State);
        Assert.Contains($"The permission to create serviceaccounts/token in the namespace {fixture.Namespace} is missing.", link.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(requests, path => path.Contains("/token", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_token_request_is_a_dry_run()
    {
        await using var fixture = await DiagnosisFixture.CreateSoundAsync();
        await fixture.CreateServiceAccountAsync("orders");
        var requests = new List<string>();
        fixture.Connection.RequestCompleted += request => requests.Add(request.Path);

        await LinkAsync(fixture, fixture.Connection);

        Assert.EndsWith("/token?dryRun=All", Assert.Single(requests, path => path.Contains("/token", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    private static async Task<DiagnosisStep> LinkAsync(DiagnosisFixture fixture, KubeConnection by) =>
        (await fixture.DiagnoseManifestAsync(spec: OfOrders, by: fixture.Diagnostician(by))).Steps.Single(link => link.Step == DiagnosisStepKind.Identity);
}
