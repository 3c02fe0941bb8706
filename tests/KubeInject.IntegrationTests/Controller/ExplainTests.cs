using KubeInject.Annotations;
using KubeInject.Controller;
using KubeInject.Diagnosis;
using KubeInject.Injection;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;
using static KubeInject.IntegrationTests.Diagnosis.InjectorWebhookTests;

namespace KubeInject.IntegrationTests.Controller;

/// <summary>Why an admitted pod has no credentials: the first step that fails, and its remedy.</summary>
public sealed class ExplainTests : ControllerTest
{
    private const string Webhooks = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";

    [Fact]
    public async Task Every_step_of_a_pod_with_credentials_passes()
    {
        await StartLeaderAsync();
        var pod = await CreatePodAsync("orders");
        await UntilIssuedAsync(pod);

        var diagnosis = await ExplainAsync(pod, source: new CredentialSource(Issuer, Records));

        Assert.Equal("is injected: 1 database, 2 variables in 1 container", diagnosis.Verdict);
        Assert.All(diagnosis.Steps, step => Assert.Equal(DiagnosisStatus.Passed, step.State));
        Assert.Equal(
            [
                "The pod was admitted by the KubeInject webhook, and gets its credentials from the KubeInject controller.",
                "The KubeInject controller runs.",
                $"{Namespace}/secret/{await SecretNameAsync(pod)} of the pod exists.",
                "The leases are recorded.",
            ],
            diagnosis.Steps.Skip(1).Select(step => step.Text));
    }

    [Fact]
    public async Task No_controller_has_ever_run()
    {
        var pod = await CreatePodAsync("orders");

        var diagnosis = await ExplainAsync(pod);

        Breaks(diagnosis, DiagnosisStepKind.Source, FindingCode.ControllerNotRunning, $"kubectl get pods --namespace {Namespace}");
        Assert.Contains("does not exist", diagnosis.FirstFailed!.Findings[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_controller_has_stopped()
    {
        await TestCluster.SendAsync(
            HttpMethod.Post,
            $"/apis/coordination.k8s.io/v1/namespaces/{Namespace}/leases",
            """{"metadata":{"name":"kubeinject"},"spec":{"holderIdentity":"gone","leaseDurationSeconds":15,"renewTime":"2026-01-02T03:04:05.000000Z"}}""");
        await Connection.Objects.PatchAsync(KubeResource.Leases, "kubeinject", KubePatch.Merge("""{"metadata":{"managedFields":[{}]}}"""), Namespace);
        var pod = await CreatePodAsync("orders");

        var diagnosis = await ExplainAsync(pod);

        Breaks(diagnosis, DiagnosisStepKind.Source, FindingCode.ControllerNotRunning, $"kubectl get pods --namespace {Namespace}");
        Assert.Contains("was last renewed at 2026-01-02 03:04:05Z", diagnosis.FirstFailed!.Findings[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_source_is_unavailable()
    {
        var controller = await StartLeaderAsync();
        controller.Issuer.IsDown = true;
        var pod = await CreatePodAsync("orders");
        await UntilEventAsync(pod, PodEventReason.Delayed);

        var diagnosis = await ExplainAsync(pod);

        BreaksWithReport(diagnosis, PodEventReason.Delayed, "The source cannot be reached", "tries again automatically");
    }

    [Fact]
    public async Task The_source_refuses_the_role()
    {
        await StartLeaderAsync();
        var json = Admit("orders", Namespace);
        json["metadata"]!["annotations"]![InjectionAnnotation.ForDatabase("orders", "role")] = "no-such-role";
        var pod = await CreateAsync(json);
        await UntilEventAsync(pod, PodEventReason.Refused);

        BreaksWithReport(await ExplainAsync(pod), PodEventReason.Refused, "'no-such-role'", "Fix the cause that the message names");
    }

    [Fact]
    public async Task The_pod_names_the_lease_of_another_pod()
    {
        await StartLeaderAsync();
        var victim = Admit("victim", Namespace);
        await UntilIssuedAsync(await CreateAsync(victim));
        var json = Admit("forged", Namespace, "orders", "billing");
        json["metadata"]!["annotations"]![InjectionAnnotation.Uuid] = $"{UuidsOf(json)[0]},{UuidsOf(victim)[0]}";
        var forged = await CreateAsync(json);
        await UntilEventAsync(forged, PodEventReason.Refused);

        BreaksWithReport(await ExplainAsync(forged), PodEventReason.Refused, "has the UUID of the lease of another pod", "Fix the cause that the message names");
    }

    [Fact]
    public async Task The_Secret_belongs_to_another_owner()
    {
        await StartLeaderAsync();
        var json = Admit("orders", Namespace);
        await Connection.Objects.CreateAsync(KubeResource.Secrets, KubeObject.Parse($$$"""{"metadata":{"name":"{{{SecretOf(json)}}}"},"stringData":{"orders.username":"mine"}}"""), Namespace);

        Breaks(await ExplainAsync(await CreateAsync(json)), DiagnosisStepKind.Outcome, FindingCode.MissingPodSecret, "Delete the Secret if it is not used");
    }

    [Fact]
    public async Task The_Secret_was_deleted_and_the_controller_has_not_seen_it_yet()
    {
        await StartLeaderAsync();
        var pod = await CreatePodAsync("orders");
        await UntilEventAsync(pod, PodEventReason.Issued);
        await Connection.Objects.DeleteAsync(KubeResource.Secrets, await SecretNameAsync(pod), Namespace);

        var diagnosis = await ExplainAsync(pod);

        Breaks(diagnosis, DiagnosisStepKind.Outcome, FindingCode.MissingPodSecret, $"kubectl delete pod orders --namespace {Namespace}");
        Assert.Contains("was deleted", diagnosis.FirstFailed!.Findings[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_Secret_was_deleted_after_a_container_had_started()
    {
        var controller = await StartLeaderAsync();
        var pod = await CreatePodAsync("orders");
        await UntilIssuedAsync(pod);
        await SetStatusAsync(pod, """{"phase":"Running","containerStatuses":[{"name":"app","image":"app","imageID":"app","ready":true,"restartCount":0,"containerID":"containerd://1"}]}""");
        await controller.StopAsync();
        await Connection.Objects.DeleteAsync(KubeResource.Secrets, await SecretNameAsync(pod), Namespace);
        await StartLeaderAsync();
        await UntilEventAsync(pod, PodEventReason.Refused);

        BreaksWithReport(await ExplainAsync(pod), PodEventReason.Refused, "Create the pod again", "Fix the cause that the message names");
    }

    [Fact]
    public async Task Credentials_that_cannot_be_extended_are_a_warning()
    {
        Issuer.Dispose();
        Issuer = NewIssuer(TimeSpan.FromSeconds(4));
        var controller = await StartLeaderAsync();
        controller.Issuer.LongestLifetime = TimeSpan.FromSeconds(4);
        var pod = await CreatePodAsync("orders");
        await UntilIssuedAsync(pod);
        await UntilEventAsync(pod, PodEventReason.Expiring);

        var diagnosis = await ExplainAsync(pod, source: new CredentialSource(Issuer, Records));

        Assert.Null(diagnosis.FirstFailed);
        var finding = Assert.Single(diagnosis.Findings);
        Assert.Equal((FindingCode.CredentialsExpiring, FindingSeverity.Warning), (finding.Code, finding.Severity));
        Assert.Contains("longest time that the source allows", finding.Message, StringComparison.Ordinal);
        Assert.EndsWith("create the pod again before its credentials expire.", Explanation.Of(diagnosis).Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_credentials_of_a_finished_pod_are_revoked()
    {
        await StartLeaderAsync();
        var pod = await CreatePodAsync("orders");
        await UntilIssuedAsync(pod);
        await SetStatusAsync(pod, """{"phase":"Succeeded"}""");

        var diagnosis = await ExplainAsync(pod);

        Assert.Null(diagnosis.FirstFailed);
        Assert.Contains(diagnosis.Steps, step => step.Text.StartsWith("The pod has finished", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Missing_rights_are_named()
    {
        await StartLeaderAsync();
        var pod = await CreatePodAsync("orders");
        await UntilIssuedAsync(pod);
        using var viewer = await TestCluster.OpenAsync("viewer", Namespace);

        var diagnosis = await ExplainAsync(pod, viewer);

        Assert.Null(diagnosis.FirstFailed);
        var text = string.Join('\n', diagnosis.Steps.Where(step => step.State == DiagnosisStatus.Unknown));
        Assert.Contains($"The permission to get secrets in the namespace {Namespace} is missing.", text, StringComparison.Ordinal);
        Assert.Contains("The permission to get leases.coordination.k8s.io in the namespace kubeinject is missing.", text, StringComparison.Ordinal);
        Assert.Contains($"The permission to list events in the namespace {Namespace} is missing.", text, StringComparison.Ordinal);
    }

    private static void BreaksWithReport(PodDiagnosis diagnosis, string reason, string report, string remedy)
    {
        Breaks(diagnosis, DiagnosisStepKind.Source, FindingCode.CredentialsNotIssued, remedy);
        var message = diagnosis.FirstFailed!.Findings[0].Message;
        Assert.StartsWith($"The KubeInject controller reported {reason} at ", message, StringComparison.Ordinal);
        Assert.Contains(report, message, StringComparison.Ordinal);
    }

    private Task<RunningController> StartLeaderAsync() => StartAsync(election: new LeaderElectionOptions());

    private async Task<string> SecretNameAsync(PodKey pod) => PodSecret.NameOf(PodSecret.UuidOf((await Connection.GetPodAsync(pod.Name)).ToTemplate())!.Value);

    /// <summary>Diagnoses a pod while the webhook is installed. Nothing serves it, so it does not exist while pods are created.</summary>
    private async Task<PodDiagnosis> ExplainAsync(PodKey pod, KubeConnection? by = null, CredentialSource? source = null)
    {
        await TestCluster.SendAsync(HttpMethod.Post, Webhooks, $$$"""
            {"metadata":{"name":"{{{Namespace}}}"},"webhooks":[{"name":"pods.kubeinject.io","admissionReviewVersions":["v1"],"sideEffects":"None","failurePolicy":"Ignore",
             "clientConfig":{"service":{"namespace":"{{{Namespace}}}","name":"kubeinject","path":"/mutate"} },
             "rules":[{"operations":["CREATE"],"apiGroups":[""],"apiVersions":["v1"],"resources":["pods"]}],
             "objectSelector":{"matchLabels":{"{{{Injection.LabelKey}}}":"true"} } }]}
            """);
        try
        {
            return await new PodDiagnostician(Injection, (by ?? Connection).Objects, source).DiagnoseAsync(await Connection.GetPodAsync(pod.Name), CancellationToken.None);
        }
        finally
        {
            await TestCluster.SendAsync(HttpMethod.Delete, $"{Webhooks}/{Namespace}");
        }
    }
}
