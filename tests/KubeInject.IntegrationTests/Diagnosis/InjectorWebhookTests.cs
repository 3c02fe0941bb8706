using System.Text.Json.Nodes;
using KubeInject.Annotations;
using KubeInject.Diagnosis;

namespace KubeInject.IntegrationTests.Diagnosis;

public sealed class InjectorWebhookTests
{
    [Fact]
    public async Task A_valid_manifest_in_a_healthy_cluster_passes()
    {
        await using var fixture = await DiagnosisFixture.CreateSoundAsync(webhook => webhook["failurePolicy"] = "Ignore");

        var diagnosis = await fixture.DiagnoseManifestAsync();

        Assert.Equal("will be injected: 1 database, 2 variables in 1 container", diagnosis.Verdict);
        Assert.Equal([DiagnosisStepKind.Request, DiagnosisStepKind.Actor, DiagnosisStepKind.Webhook, DiagnosisStepKind.Identity], diagnosis.Steps.Select(link => link.Step));
        Assert.All(diagnosis.Steps, link => Assert.Equal(DiagnosisStatus.Passed, link.State));
        Assert.Equal([FindingCode.FailureIgnored], diagnosis.Findings.Select(finding => finding.Code));
    }

    [Fact]
    public async Task A_pod_that_the_selecting_injector_refuses_is_an_error()
    {
        await using var fixture = await DiagnosisFixture.CreateSoundAsync();
        var metadata = fixture.Metadata().Replace("\"PGUSER\"", "\"PGUSER, DB_USER\"", StringComparison.Ordinal);

        var diagnosis = await fixture.DiagnoseManifestAsync(metadata);

        Breaks(diagnosis, DiagnosisStepKind.Request, FindingCode.SurroundingWhitespace, "Remove the whitespace.");
        Assert.Equal(FindingSeverity.Error, diagnosis.FirstFailed!.Findings[0].Severity);
        Assert.StartsWith("will not be injected: the in-cluster injector refuses the pod: Annotation", diagnosis.Verdict, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_labeled_pod_without_a_database_is_an_error_if_the_injector_selects_it()
    {
        await using var fixture = await DiagnosisFixture.CreateSoundAsync();

        var diagnosis = await fixture.DiagnoseManifestAsync(
            $$$""","labels":{"{{{fixture.Label}}}":"true"},"annotations":{"db-creds-injector.numberly.io/cluster":"databases"}""");

        Breaks(diagnosis, DiagnosisStepKind.Request, FindingCode.NoDatabase, "Request a database");
        Assert.StartsWith("will not be injected: the in-cluster injector refuses the pod: ", diagnosis.Verdict, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_namespace_without_the_label_is_named_with_the_command_that_sets_it()
    {
        await using var fixture = await DiagnosisFixture.CreateSoundAsync(webhook =>
            webhook["namespaceSelector"] = JsonNode.Parse("""{"matchLabels":{"inject":"yes"}}"""));

        await BreaksAsync(fixture, FindingCode.NamespaceNotSelected, $"kubectl label --overwrite namespace {fixture.Namespace} inject=yes");

        await TestCluster.SendAsync(HttpMethod.Put, $"/api/v1/namespaces/{fixture.Namespace}", $$$"""{"metadata":{"name":"{{{fixture.Namespace}}}","labels":{"inject":"yes"} } }""");
        Assert.Null((await fixture.DiagnoseManifestAsync()).FirstFailed);
    }

    [Fact]
    public async Task A_namespace_that_is_excluded_by_name_is_named()
    {
        await using var fixture = await DiagnosisFixture.CreateAsync();
        await fixture.CreateWebhookAsync(webhook => webhook["namespaceSelector"] = JsonNode.Parse(
            $$$"""{"matchExpressions":[{"key":"kubernetes.io/metadata.name","operator":"NotIn","values":["kube-system","{{{fixture.Namespace}}}"]}]}"""));

        await BreaksAsync(fixture, FindingCode.NamespaceNotSelected, "Invoke-CredentialInjection");
    }

    [Fact]
    public async Task A_namespace_that_does_not_exist_is_named()
    {
        await using var fixture = await DiagnosisFixture.CreateSoundAsync();

        Breaks(await fixture.DiagnoseManifestAsync(@namespace: "nowhere"), DiagnosisStepKind.Actor, FindingCode.MissingNamespace, "kubectl create namespace nowhere");
    }

    [Fact]
    public async Task A_pod_without_the_label_is_skipped()
    {
        await using var fixture = await DiagnosisFixture.CreateSoundAsync();

        Breaks(await fixture.DiagnoseManifestAsync(fixture.Metadata("")), DiagnosisStepKind.Actor, FindingCode.PodNotSelected, fixture.Label);
    }

    [Theory]
    [InlineData("UPDATE", "pods", "*")]
    [InlineData("CREATE", "deployments", "*")]
    [InlineData("CREATE", "pods", "Cluster")]
    public async Task Rules_that_do_not_match_new_pods_are_named(string operation, string resource, string scope)
    {
        await using var fixture = await DiagnosisFixture.CreateSoundAsync(webhook =>
        {
            var rule = webhook["rules"]![0]!;
            rule["operations"] = new JsonArray(operation);
            rule["resources"] = new JsonArray(resource);
            rule["scope"] = scope;
        });

        await BreaksAsync(fixture, FindingCode.NoRuleForPods, "operations [CREATE]");
    }

    [Fact]
    public async Task A_short_timeout_is_a_warning()
    {
        await using var fixture = await DiagnosisFixture.CreateSoundAsync(webhook => webhook["timeoutSeconds"] = 1);

        var link = (await fixture.DiagnoseManifestAsync()).Steps.Single(link => link.Step == DiagnosisStepKind.Actor);

        Assert.Equal(DiagnosisStatus.Warning, link.State);
        Assert.Contains(link.Findings, finding => finding.Code == FindingCode.ShortTimeout);
    }

    [Fact]
    public async Task Missing_permissions_are_named()
    {
        await using var fixture = await DiagnosisFixture.CreateSoundAsync();
        using var viewer = await TestCluster.OpenAsync("viewer", fixture.Namespace);

        var diagnosis = await fixture.DiagnoseManifestAsync(by: fixture.Diagnostician(viewer));

        Assert.Equal("will be injected: 1 database, 2 variables in 1 container", diagnosis.Verdict);
        Assert.All(diagnosis.Steps.Skip(1), link => Assert.Equal(DiagnosisStatus.Unknown, link.State));
        Assert.Contains("The permission to list mutatingwebhookconfigurations.admissionregistration.k8s.io in the cluster is missing.", Text(diagnosis, DiagnosisStepKind.Actor), StringComparison.Ordinal);
        Assert.Contains($"The permission to get serviceaccounts in the namespace {fixture.Namespace} is missing.", Text(diagnosis, DiagnosisStepKind.Identity), StringComparison.Ordinal);
        Assert.Equal("   Repeat the check as a user who has the missing permissions.", Explanation.Of(diagnosis).Lines[^1]);
    }

    [Fact]
    public async Task Cluster_wide_objects_are_read_once_for_all_pods()
    {
        await using var fixture = await DiagnosisFixture.CreateSoundAsync();
        var requests = new List<string>();
        fixture.Connection.RequestCompleted += request => requests.Add(request.Path);
        var diagnostician = fixture.Diagnostician();

        await fixture.DiagnoseManifestAsync(by: diagnostician);
        await fixture.DiagnoseManifestAsync(by: diagnostician);

        Assert.Single(requests, path => path.Contains("mutatingwebhookconfigurations", StringComparison.Ordinal));
        Assert.Single(requests, path => path.EndsWith($"/api/v1/namespaces/{fixture.Namespace}", StringComparison.Ordinal));
        Assert.Single(requests, path => path.EndsWith("/services/injector", StringComparison.Ordinal));
    }

    internal static void Breaks(PodDiagnosis diagnosis, DiagnosisStepKind step, string code, string remedy)
    {
        Assert.Equal(step, diagnosis.FirstFailed?.Step);
        var worst = diagnosis.FirstFailed!.Findings.OrderByDescending(finding => finding.Severity).First();
        Assert.Equal(code, worst.Code);
        Assert.Contains(remedy, worst.Suggestion, StringComparison.Ordinal);
        Assert.Equal(diagnosis.Object, worst.Object);
        Assert.EndsWith(".", worst.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', worst.Message);

        // The explanation ends with the failed step and its remedy.
        var story = Explanation.Of(diagnosis);
        Assert.Contains($"   First: {worst.Message} ({code})", story.Lines);
        Assert.Equal($"   {worst.Suggestion}", story.Lines[^1]);
    }

    private static async Task BreaksAsync(DiagnosisFixture fixture, string code, string remedy) =>
        Breaks(await fixture.DiagnoseManifestAsync(), DiagnosisStepKind.Actor, code, remedy);

    private static string Text(PodDiagnosis diagnosis, DiagnosisStepKind step) => diagnosis.Steps.Single(link => link.Step == step).Text;
}
