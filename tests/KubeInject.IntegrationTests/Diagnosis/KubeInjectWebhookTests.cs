using System.Text.Json;
using System.Text.Json.Nodes;
using KubeInject.Annotations;
using KubeInject.Diagnosis;
using KubeInject.Kubernetes.Objects;
using static KubeInject.IntegrationTests.Diagnosis.InjectorWebhookTests;

namespace KubeInject.IntegrationTests.Diagnosis;

/// <summary>Why the KubeInject webhook does not admit a pod: the first step that fails, and its remedy.</summary>
public sealed class KubeInjectWebhookTests
{
    private const string Name = "pods.kubeinject.io";

    [Fact]
    public async Task The_webhook_is_called_by_its_name_and_needs_little_time()
    {
        await using var fixture = await CreateAsync(webhook => webhook["timeoutSeconds"] = 1);

        var diagnosis = await fixture.DiagnoseManifestAsync();

        Assert.Null(diagnosis.FirstFailed);
        Assert.Equal([FindingCode.FailureIgnored], diagnosis.Findings.Select(finding => finding.Code));
        Assert.StartsWith(
            $"When the pod is created, KubeInject injects it through the KubeInject webhook '{Name}' (MutatingWebhookConfiguration {fixture.Label}).",
            diagnosis.Steps.Single(step => step.Step == DiagnosisStepKind.Actor).Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Findings_that_apply_only_to_another_injector_are_left_out()
    {
        await using var fixture = await CreateAsync();

        var diagnosis = await fixture.DiagnoseManifestAsync(fixture.Metadata().Replace("\"PGUSER\"", "\"PGUSER, DB_USER\"", StringComparison.Ordinal));

        Assert.Null(diagnosis.FirstFailed);
        Assert.DoesNotContain(diagnosis.Findings, finding => finding.Code == FindingCode.SurroundingWhitespace);
    }

    [Theory]
    [InlineData("postgres://$(HOST)/orders", FindingCode.ReferenceInSecret, "Replace the reference with its value.")]
    [InlineData("", FindingCode.MissingTemplate, "template")]
    public async Task A_pod_that_the_webhook_refuses_fails_at_its_annotations(string template, string code, string remedy)
    {
        await using var fixture = await CreateAsync();
        var metadata = fixture.Metadata().Replace(
            "\"annotations\":{",
            $$$""" "annotations":{"db-creds-injector.numberly.io/stock.role":"rw","db-creds-injector.numberly.io/stock.mode":"uri","db-creds-injector.numberly.io/stock.env-key-uri":"URI","db-creds-injector.numberly.io/stock.template":"{{{template}}}",""",
            StringComparison.Ordinal);

        Breaks(await fixture.DiagnoseManifestAsync(metadata), DiagnosisStepKind.Request, code, remedy);
    }

    [Fact]
    public async Task Two_injectors_with_the_same_label_are_a_warning()
    {
        await using var fixture = await CreateAsync(second: "injector.example.org");

        var step = (await fixture.DiagnoseManifestAsync()).Steps.Single(step => step.Step == DiagnosisStepKind.Actor);

        var finding = Assert.Single(step.Findings, finding => finding.Code == FindingCode.MultipleInjectors);
        Assert.Contains(Name, finding.Message, StringComparison.Ordinal);
        Assert.Contains("'injector.example.org'", finding.Message, StringComparison.Ordinal);
        Assert.StartsWith("Change the objectSelector", finding.Suggestion, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Annotations_on_the_workload_are_not_those_of_its_pods()
    {
        await using var fixture = await CreateAsync();
        await CreateDeploymentAsync(fixture, fixture.Metadata(), $$"""{"labels":{"{{fixture.Label}}":"true"} }""");

        Breaks(await DiagnoseAsync(fixture), DiagnosisStepKind.Request, FindingCode.AnnotationsOnWorkload, "Move ");
    }

    [Fact]
    public async Task A_pod_template_without_the_label_is_not_selected()
    {
        await using var fixture = await CreateAsync();
        await CreateDeploymentAsync(fixture, "", $$"""{"name":""{{fixture.Metadata("app")}} }""", "app");

        Breaks(await DiagnoseAsync(fixture), DiagnosisStepKind.Actor, FindingCode.PodNotSelected, $"Add the label {fixture.Label}: \"true\" to the pod template");
    }

    [Fact]
    public async Task A_namespace_that_the_manifest_of_the_webhook_excludes_is_named()
    {
        await using var fixture = await CreateAsync();
        await fixture.DeleteWebhookAsync();
        await fixture.CreateWebhookAsync(webhook =>
        {
            webhook["name"] = Name;
            webhook["namespaceSelector"] = JsonNode.Parse($$$"""{"matchExpressions":[{"key":"kubernetes.io/metadata.name","operator":"NotIn","values":["kube-system","{{{fixture.Namespace}}}"]}]}""");
        });

        Breaks(await fixture.DiagnoseManifestAsync(), DiagnosisStepKind.Actor, FindingCode.NamespaceNotSelected, $"namespaceSelector of the MutatingWebhookConfiguration {fixture.Label}");
    }

    [Fact]
    public async Task A_Service_without_endpoints_is_named()
    {
        await using var fixture = await CreateAsync(webhook => webhook["clientConfig"]!["service"]!["name"] = "idle");
        await TestCluster.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{fixture.Namespace}/services", """{"metadata":{"name":"idle"},"spec":{"ports":[{"port":443}]}}""");

        var diagnosis = await fixture.DiagnoseManifestAsync();

        Breaks(diagnosis, DiagnosisStepKind.Webhook, FindingCode.NoEndpoint, $"kubectl get pods --namespace {fixture.Namespace}");
        Assert.Contains($"the KubeInject webhook '{Name}'", diagnosis.FirstFailed!.Findings[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_CA_bundle_is_named()
    {
        await using var fixture = await CreateAsync(webhook => webhook["clientConfig"]!["caBundle"] = "");

        Breaks(await fixture.DiagnoseManifestAsync(), DiagnosisStepKind.Webhook, FindingCode.MissingCaBundle, "cert-manager.io/inject-ca-from");
    }

    private static Task<DiagnosisFixture> CreateAsync(Action<JsonObject>? change = null, string? second = null) => DiagnosisFixture.CreateSoundAsync(
        webhook =>
        {
            webhook["name"] = Name;
            change?.Invoke(webhook);
        },
        second);

    private static Task<JsonElement> CreateDeploymentAsync(DiagnosisFixture fixture, string metadata, string podMetadata, string? label = null) => TestCluster.SendAsync(
        HttpMethod.Post,
        $"/apis/apps/v1/namespaces/{fixture.Namespace}/deployments",
        $$$"""
        {"metadata":{"name":"orders"{{{metadata}}} },
         "spec":{"selector":{"matchLabels":{"{{{label ?? fixture.Label}}}":"true"} },"template":{"metadata":{{{podMetadata}}},"spec":{"containers":[{"name":"app","image":"app"}]} } } }
        """);

    private static Task<PodDiagnosis> DiagnoseAsync(DiagnosisFixture fixture) =>
        fixture.Diagnostician().DiagnoseAsync(new ObjectReference("Deployment", fixture.Namespace, "orders"), CancellationToken.None);
}
