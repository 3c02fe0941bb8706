using System.Text.Json.Nodes;
using KubeInject.Annotations;
using KubeInject.Diagnosis;
using KubeInject.IntegrationTests.Kubernetes;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;
using static KubeInject.IntegrationTests.Diagnosis.InjectorWebhookTests;

namespace KubeInject.IntegrationTests.Diagnosis;

public sealed class PodAgeTests
{
    // No webhook is called for this namespace, because it would block the creation of pods.
    private static readonly Action<JsonObject> Asleep = webhook => webhook["rules"]![0]!["operations"] = new JsonArray("DELETE");

    [Fact]
    public async Task A_pod_that_is_older_than_the_webhook_must_be_recreated()
    {
        await using var fixture = await DiagnosisFixture.CreateSoundAsync(Asleep);
        var pod = await fixture.CreatePodAsync();

        // Server times are in whole seconds, so the webhook is created again until it is younger than the pod.
        do
        {
            await fixture.DeleteWebhookAsync();
            await fixture.CreateWebhookAsync();
        }
        while (await CreatedAsync(fixture) <= pod.CreationTimestamp);

        var diagnosis = await fixture.Diagnostician().DiagnoseAsync(pod, CancellationToken.None);

        Breaks(diagnosis, DiagnosisStepKind.Timing, FindingCode.OlderThanWebhook, $"kubectl delete pod orders --namespace {fixture.Namespace}");
    }

    [Fact]
    public async Task A_pod_that_got_the_label_later_must_be_recreated()
    {
        await using var fixture = await DiagnosisFixture.CreateSoundAsync();
        var pod = await fixture.CreatePodAsync(fixture.Metadata(""));
        await fixture.Connection.Objects.PatchAsync(
            KubeResource.Pods, pod.Name, KubePatch.Merge($$$"""{"metadata":{"labels":{"{{{fixture.Label}}}":"true"} } }"""), options: new KubeWriteOptions { FieldManager = "kubectl-label" });
        pod = await MoveFieldTimeAsync(fixture, "kubectl-label", pod.CreationTimestamp!.Value.AddMinutes(5));

        var diagnosis = await fixture.Diagnostician().DiagnoseAsync(pod, CancellationToken.None);

        Breaks(diagnosis, DiagnosisStepKind.Timing, FindingCode.OlderThanLabel, "kubectl delete pod orders");
        Assert.Equal(fixture.Label, diagnosis.FirstFailed!.Findings[0].Key);
    }

    [Fact]
    public async Task A_pod_that_always_had_the_label_was_skipped()
    {
        await using var fixture = await DiagnosisFixture.CreateSoundAsync(Asleep);
        var pod = await fixture.CreatePodAsync();
        await WakeAsync(fixture);

        Breaks(await fixture.Diagnostician().DiagnoseAsync(pod, CancellationToken.None), DiagnosisStepKind.Timing, FindingCode.CreatedWithoutCredentials, "kubectl delete pod orders");
    }

    [Fact]
    public async Task The_pod_of_a_Deployment_is_recreated_by_a_rollout()
    {
        await using var fixture = await DiagnosisFixture.CreateSoundAsync(Asleep);
        await fixture.CreateDeploymentAsync();
        await CreatePodOfDeploymentAsync(fixture, fixture.Metadata());
        await WakeAsync(fixture);

        var diagnosis = await fixture.Diagnostician().DiagnoseAsync(new ObjectReference("Deployment", fixture.Namespace, "orders"), CancellationToken.None);

        Breaks(diagnosis, DiagnosisStepKind.Timing, FindingCode.CreatedWithoutCredentials, $"kubectl rollout restart deployment/orders --namespace {fixture.Namespace}");
        Assert.Equal("Deployment", diagnosis.Object.Kind);
    }

    [Fact]
    public async Task A_pod_of_an_earlier_template_is_distinguished_from_the_current_one()
    {
        await using var fixture = await DiagnosisFixture.CreateSoundAsync(Asleep);
        await fixture.CreateDeploymentAsync();
        await CreatePodOfDeploymentAsync(fixture, $$$""","labels":{"{{{fixture.Label}}}":"true"}""");
        await WakeAsync(fixture);

        var diagnosis = await fixture.Diagnostician().DiagnoseAsync(new ObjectReference("Deployment", fixture.Namespace, "orders"), CancellationToken.None);

        Breaks(diagnosis, DiagnosisStepKind.Timing, FindingCode.OlderThanTemplate, "kubectl rollout restart deployment/orders");
    }

    [Fact]
    public async Task A_workload_whose_newest_pod_is_injected_passes()
    {
        await using var fixture = await DiagnosisFixture.CreateSoundAsync(Asleep);
        await fixture.CreateDeploymentAsync();
        await CreatePodOfDeploymentAsync(fixture, fixture.Metadata(uuid: $"{Guid.NewGuid()}"));
        await WakeAsync(fixture);

        var diagnosis = await fixture.Diagnostician().DiagnoseAsync(new ObjectReference("Deployment", fixture.Namespace, "orders"), CancellationToken.None);

        Assert.Null(diagnosis.FirstFailed);
        Assert.Contains(diagnosis.Steps, link => link is { Step: DiagnosisStepKind.Outcome, State: DiagnosisStatus.Passed, Text: "The newest pod, orders-1-x, is injected." });
    }

    private static async Task CreatePodOfDeploymentAsync(DiagnosisFixture fixture, string metadata)
    {
        var set = await TestCluster.SendAsync(HttpMethod.Get, $"/apis/apps/v1/namespaces/{fixture.Namespace}/replicasets/orders-1");
        await fixture.CreatePodAsync(metadata + DiagnosisFixture.OwnedBy("apps/v1", "ReplicaSet", "orders-1", set), "orders-1-x");
    }

    private static Task<KubeObject> WakeAsync(DiagnosisFixture fixture) => fixture.Connection.Objects.PatchAsync(
        new KubeResource("admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations", "MutatingWebhookConfiguration", IsNamespaced: false),
        fixture.Label,
        KubePatch.Json("""[{"op":"replace","path":"/webhooks/0/rules/0/operations","value":["CREATE"]}]"""));

    private static async Task<DateTimeOffset> CreatedAsync(DiagnosisFixture fixture) =>
        (await TestCluster.SendAsync(HttpMethod.Get, $"/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/{fixture.Label}"))
            .GetProperty("metadata").GetProperty("creationTimestamp").GetDateTimeOffset();

    /// <summary>Stores another time at which a field manager set its fields. The API server does not count such a patch as a change.</summary>
    private static async Task<Pod> MoveFieldTimeAsync(DiagnosisFixture fixture, string manager, DateTimeOffset time)
    {
        var pod = JsonNode.Parse((await TestCluster.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{fixture.Namespace}/pods/orders")).GetRawText())!;
        pod["metadata"]!["managedFields"]!.AsArray().Single(entry => (string?)entry!["manager"] == manager)!["time"] = time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null);
        using var store = new Store();
        await store.PutPodsAsync(fixture.Namespace, [("orders", pod.ToJsonString())]);
        return await fixture.Connection.GetPodAsync("orders");
    }
}
