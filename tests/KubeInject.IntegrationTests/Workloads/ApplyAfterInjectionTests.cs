using KubeInject.Injection;
using KubeInject.Injection.Rotation;
using KubeInject.Injection.Workloads;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.IntegrationTests.Workloads;

/// <summary>The author of a workload can still apply its manifest after an injection.</summary>
public sealed class ApplyAfterInjectionTests
{
    private const string SecretReference = "valueFrom: {secretKeyRef: {name: old, key: password}}";
    private const string ConfigMapReference = "valueFrom: {configMapKeyRef: {name: old, key: password}}";

    private static readonly string[] ServerSide = ["--server-side", "--force-conflicts"];

    [Theory]
    [InlineData("Deployment", "value: fixed", CredentialDelivery.Value)]
    [InlineData("Deployment", "value: fixed", CredentialDelivery.Secret, "-Delivery Value.")]
    [InlineData("Deployment", "value: ''", CredentialDelivery.Value)]
    [InlineData("Deployment", "value: ''", CredentialDelivery.Secret)]
    [InlineData("Deployment", "", CredentialDelivery.Value)]
    [InlineData("Deployment", "", CredentialDelivery.Secret)]
    [InlineData("Deployment", SecretReference, CredentialDelivery.Value, "-Delivery Secret.")]
    [InlineData("Deployment", SecretReference, CredentialDelivery.Secret)]
    [InlineData("Deployment", ConfigMapReference, CredentialDelivery.Value, "the manifest and the workload.")]
    [InlineData("Deployment", ConfigMapReference, CredentialDelivery.Secret, "the manifest and the workload.")]
    [InlineData("CronJob", SecretReference, CredentialDelivery.Value, "-Delivery Secret.")]
    [InlineData("CronJob", SecretReference, CredentialDelivery.Secret)]
    public async Task The_next_apply_succeeds_or_the_injection_is_refused_before_anything_is_issued(string kind, string declared, CredentialDelivery delivery, string? remedy = null)
    {
        foreach (var options in (string[][])[[], ServerSide])
        {
            using var workspace = await TestWorkspace.CreateAsync();
            var workload = await ApplyAsync(workspace, kind, declared, options);

            var result = await workspace.Injector(delivery).InjectAsync(workload, CancellationToken.None);

            if (remedy is null)
            {
                Assert.Equal((InjectionStatus.Injected, null), (result.Status, result.Error));
            }
            else
            {
                Assert.Equal(InjectionStatus.Failed, result.Status);
                Assert.Contains("declares orders_PASSWORD with ", result.Error, StringComparison.Ordinal);
                Assert.EndsWith(remedy, result.Error, StringComparison.Ordinal);
                Assert.Empty(workspace.Issuer.Issued);
                Assert.Empty(await workspace.SecretsAsync());
            }

            await ApplyAsync(workspace, kind, declared, options);
        }
    }

    [Fact]
    public async Task The_refusal_is_needed()
    {
        using var workspace = await TestWorkspace.CreateAsync();
        var workload = await ApplyAsync(workspace, "Deployment", SecretReference);
        const string Value = """[{"op":"replace","path":"/spec/template/spec/containers/0/env/0","value":{"name":"orders_PASSWORD","value":"x"}}]""";
        await workspace.Objects.PatchAsync(KubeResource.Deployments, workload.Name, KubePatch.Json(Value));

        var result = await Command.RunAsync("kubectl", ["--kubeconfig", TestCluster.FilePath("kubeconfig"), "apply", "-n", workspace.Namespace, "-f", "-"], Manifest(KubeResource.Deployments, SecretReference));

        Assert.Contains("may not be specified when `value` is not empty", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_variable_that_is_missing_in_the_workload_but_in_its_manifest_is_found()
    {
        using var workspace = await TestWorkspace.CreateAsync();
        var workload = await ApplyAsync(workspace, "Deployment", SecretReference);
        await Command.KubectlAsync("set", "env", "-n", workspace.Namespace, "deployment/orders", "orders_PASSWORD-");

        Assert.Equal(InjectionStatus.Failed, (await workspace.InjectAsync(workload)).Status);
        Assert.Equal(InjectionStatus.Injected, (await workspace.InjectAsync(workload, CredentialDelivery.Secret)).Status);
    }

    [Theory]
    [InlineData("value: fixed")]
    [InlineData("")]
    public async Task A_pod_is_not_recreated_with_other_values_than_its_manifest_declares(string declared)
    {
        using var workspace = await TestWorkspace.CreateAsync();
        var pod = await ApplyAsync(workspace, "Pod", declared);

        var result = await workspace.Injector(recreate: true).PlanAsync(pod, CancellationToken.None);

        Assert.Equal(declared.Length == 0 ? InjectionStatus.Planned : InjectionStatus.Failed, result.Status);
        Assert.Equal(declared.Length > 0, result.Error?.EndsWith("Inject the manifest instead.", StringComparison.Ordinal) == true);
    }

    [Theory]
    [InlineData("Deployment")]
    [InlineData("Pod")]
    public async Task A_workload_of_another_component_is_changed_only_with_Force(string kind)
    {
        using var workspace = await TestWorkspace.CreateAsync();
        var workload = await workspace.CreateAsync(kind);
        workspace.Change(workload, """{"metadata":{"labels":{"kustomize.toolkit.fluxcd.io/name":"apps"}}}""");

        Task<InjectionResult> PlanAsync(bool force) => new WorkloadInjector(
            workspace.Source, workspace.Objects, workloadOptions: new() { Recreate = true, Force = force }).PlanAsync(workload, CancellationToken.None);

        Assert.StartsWith($"{workload}: Flux (Kustomization apps) manages it", (await PlanAsync(force: false)).Error, StringComparison.Ordinal);
        Assert.Equal(InjectionStatus.Planned, (await PlanAsync(force: true)).Status);
    }

    [Fact]
    public async Task A_rotation_changes_a_workload_of_another_component_only_with_Force()
    {
        using var workspace = await TestWorkspace.CreateAsync();
        var workload = await workspace.CreateAsync("Deployment");
        await workspace.InjectAsync(workload);
        workspace.Change(workload, """{"metadata":{"labels":{"kustomize.toolkit.fluxcd.io/name":"apps"}}}""");

        Task<RotationResult> PlanAsync(bool force) => new CredentialRotation(
            workspace.Source, workspace.Objects, rotationOptions: new() { Force = force }).PlanAsync(workload, CancellationToken.None);

        Assert.StartsWith($"{workload}: Flux (Kustomization apps) manages it", (await PlanAsync(force: false)).Error, StringComparison.Ordinal);
        Assert.Equal(RotationStatus.Planned, (await PlanAsync(force: true)).Status);
    }

    [Fact]
    public async Task A_rotation_to_the_other_delivery_is_refused_if_the_manifest_declares_the_variable()
    {
        using var workspace = await TestWorkspace.CreateAsync();
        var workload = await ApplyAsync(workspace, "Deployment", "value: fixed");
        await workspace.InjectAsync(workload);

        Task<RotationResult> PlanAsync(CredentialDelivery delivery) => new CredentialRotation(
            workspace.Source, workspace.Objects, rotationOptions: new() { Delivery = delivery }).PlanAsync(workload, CancellationToken.None);

        Assert.EndsWith("-Delivery Value.", (await PlanAsync(CredentialDelivery.Secret)).Error, StringComparison.Ordinal);
        Assert.Equal(RotationStatus.Planned, (await PlanAsync(CredentialDelivery.Value)).Status);
    }

    private static async Task<ObjectReference> ApplyAsync(TestWorkspace workspace, string kind, string declared, params string[] options)
    {
        var result = await Command.RunAsync("kubectl", ["--kubeconfig", TestCluster.FilePath("kubeconfig"), "apply", "-n", workspace.Namespace, "-f", "-", .. options], Manifest(workspace.ResourceOf(kind), declared));
        Assert.True(result.ExitCode == 0, result.Error);
        return new ObjectReference(kind, workspace.Namespace, "orders");
    }

    private static string Manifest(KubeResource resource, string declared)
    {
        var variable = declared.Length == 0 ? "{name: orders_PASSWORD}" : $"{{name: orders_PASSWORD, {declared}}}";
        const string Annotations = """
            "db-creds-injector.numberly.io/orders.role": orders-rw, "db-creds-injector.numberly.io/orders.env-key-dbuser": orders_USER, "db-creds-injector.numberly.io/orders.env-key-dbpassword": orders_PASSWORD
            """;
        var metadata = $"labels: {{app: orders}}, annotations: {{{Annotations}}}";
        var pod = $"containers: [{{name: app, image: app, env: [{variable}]}}]";
        return resource.Kind switch
        {
            "Pod" => $"---\n{{apiVersion: v1, kind: Pod, metadata: {{name: orders, {metadata}}}, spec: {{{pod}}}}}",
            "CronJob" => $"---\n{{apiVersion: {resource.ApiVersion}, kind: CronJob, metadata: {{name: orders}}, spec: {{schedule: 0 0 * * *, jobTemplate: {{spec: {{template: {{metadata: {{{metadata}}}, spec: {{restartPolicy: Never, {pod}}}}}}}}}}}}}",
            _ => $"---\n{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: orders}}, spec: {{selector: {{matchLabels: {{app: orders}}}}, template: {{metadata: {{{metadata}}}, spec: {{{pod}}}}}}}}}",
        };
    }
}
