using KubeInject.Annotations;
using KubeInject.Diagnosis;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Objects;
using static KubeInject.IntegrationTests.Admission.RegisteredWebhook;
using static KubeInject.IntegrationTests.Diagnosis.InjectorWebhookTests;

namespace KubeInject.IntegrationTests.Admission;

/// <summary>Pods of workloads, which controllers create.</summary>
[Collection(nameof(ControllerManagerCluster))]
public sealed class WorkloadAdmissionTests(ControllerManagerCluster cluster)
{
    private static readonly KubeResource Events = new("", "v1", "events", "Event");

    [ControllerManagerFact]
    public async Task Each_pod_of_a_Deployment_has_its_own_Secret()
    {
        using var connection = await cluster.OpenNamespaceAsync();
        await using var webhook = await StartAsync(connection);

        await connection.Objects.CreateAsync(KubeResource.Deployments, Deployment(connection.Namespace));

        var pods = await cluster.UntilAsync(connection, KubeResource.Pods, pods => pods.Count == 3);
        var names = pods.Select(pod => pod.ToElement().GetProperty("spec").GetProperty("containers")[0].GetProperty("env")[0].GetProperty("valueFrom").GetProperty("secretKeyRef").GetProperty("name").GetString()!).ToList();
        Assert.Equal(3, names.Distinct().Count());
        Assert.All(names, name => Assert.StartsWith("kubeinject-", name, StringComparison.Ordinal));
    }

    [ControllerManagerFact]
    public async Task Pods_that_a_quota_rejects_are_admitted_and_cost_nothing()
    {
        using var connection = await cluster.OpenNamespaceAsync();
        await using var webhook = await StartAsync(connection);
        await webhook.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{connection.Namespace}/resourcequotas", """{"metadata":{"name":"none"},"spec":{"hard":{"pods":"0"}},"status":{}}""");

        await connection.Objects.CreateAsync(KubeResource.Deployments, Deployment(connection.Namespace));

        Assert.Contains("exceeded quota", await FailureOfReplicaSetAsync(connection), StringComparison.Ordinal);
        Breaks(await ExplainAsync(connection), DiagnosisStepKind.Outcome, FindingCode.PodNotCreated, "Increase the quota");
        Assert.Contains("Allowed", webhook.Process.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("\"kubeinject-", await webhook.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{connection.Namespace}/secrets"), StringComparison.Ordinal);
    }

    [ControllerManagerFact]
    public async Task The_ReplicaSet_says_why_its_pods_are_refused()
    {
        using var connection = await cluster.OpenNamespaceAsync();
        await using var webhook = await StartAsync(connection);

        await connection.Objects.CreateAsync(KubeResource.Deployments, Deployment(connection.Namespace, ""","db-creds-injector.numberly.io/orders.mode":"url" """));

        Assert.StartsWith(
            "admission webhook \"pods.kubeinject.io\" denied the request: KI005 Annotation 'db-creds-injector.numberly.io/orders.mode'", await FailureOfReplicaSetAsync(connection), StringComparison.Ordinal);
        var diagnosis = await ExplainAsync(connection);
        Breaks(diagnosis, DiagnosisStepKind.Request, FindingCode.UnknownMode, "Use 'classic'");
        var refusal = Assert.Single(diagnosis.Findings, finding => finding.Code == FindingCode.WebhookDenied);
        Assert.StartsWith("The KubeInject webhook 'pods.kubeinject.io' refused the pod: KI005 Annotation", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("Correct the annotations as the message says.", refusal.Suggestion);
    }

    /// <summary>Diagnoses the Deployment when there is an event about the failure to create its pods.</summary>
    private async Task<PodDiagnosis> ExplainAsync(KubeConnection connection)
    {
        await cluster.UntilAsync(connection, Events, events => events.Exists(found => found.ToElement().GetProperty("reason").GetString() == "FailedCreate"));
        return await new PodDiagnostician(new InjectionOptions { LabelKey = "vault-db-injector" }, connection.Objects)
            .DiagnoseAsync(new ObjectReference("Deployment", connection.Namespace, "orders"), CancellationToken.None);
    }

    private static KubeObject Deployment(string label, string annotations = "") => KubeObject.Parse($$$"""
        {"metadata":{"name":"orders"},"spec":{"replicas":3,"selector":{"matchLabels":{"app":"orders"} },
         "template":{"metadata":{{{{Metadata(label, annotations)}}} },"spec":{"containers":[{"name":"app","image":"app"}]} } } }
        """);

    private async Task<string> FailureOfReplicaSetAsync(KubeConnection connection)
    {
        string? Failure(KubeObject replicaSet) => replicaSet.ToElement().TryGetProperty("status", out var status) && status.TryGetProperty("conditions", out var conditions)
            ? conditions.EnumerateArray().Where(condition => condition.GetProperty("type").GetString() == "ReplicaFailure").Select(condition => condition.GetProperty("message").GetString()).FirstOrDefault()
            : null;

        var replicaSets = await cluster.UntilAsync(connection, KubeResource.ReplicaSets, replicaSets => replicaSets.Exists(replicaSet => Failure(replicaSet) is not null));
        return Failure(replicaSets[0])!;
    }
}
