using KubeInject.Injection;

namespace KubeInject.Tests.Injection;

/// <summary>Pod templates in kinds that this version does not know.</summary>
public sealed class OtherKindTests
{
    private const string Template = """
        metadata: {labels: {vault-db-injector: "true"}, annotations: {db-creds-injector.numberly.io/orders.role: orders-rw}}
        spec: {containers: [{name: app, image: app}]}
        """;

    [Theory]
    [InlineData("argoproj.io/v1alpha1", "Rollout", "spec.template")]
    [InlineData("serving.knative.dev/v1", "Service", "spec.template")]
    [InlineData("apps.kruise.io/v1alpha1", "CloneSet", "spec.template")]
    [InlineData("apps.openshift.io/v1", "DeploymentConfig", "spec.template")]
    [InlineData("keda.sh/v1alpha1", "ScaledJob", "spec.jobTargetRef.template")]
    [InlineData("batch.volcano.sh/v1alpha1", "Job", "spec.tasks.-.template")]
    [InlineData("leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet", "spec.leaderWorkerTemplate.workerTemplate")]
    [InlineData("elasticsearch.k8s.elastic.co/v1", "Elasticsearch", "spec.nodeSets.-.podTemplate")]
    [InlineData("jobset.x-k8s.io/v1alpha2", "JobSet", "spec.replicatedJobs.-.template.spec.template")]
    public async Task A_pod_template_is_injected_whatever_its_kind(string version, string kind, string path)
    {
        var (text, result) = await new InjectionFixture().RunAsync($"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: orders}}\n{At(path, Template)}");
        var pod = Assert.Single(result.Pods);
        Assert.Equal((InjectionStatus.Injected, kind, "orders"), (pod.Status, pod.Object.Kind, pod.Object.Name));
        Assert.Contains("DBPASSWORD", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("template.openshift.io/v1", "Template", "objects.-")]
    [InlineData("work.open-cluster-management.io/v1", "ManifestWork", "spec.workload.manifests.-")]
    [InlineData("kubernetes.crossplane.io/v1alpha2", "Object", "spec.forProvider.manifest")]
    public async Task A_workload_inside_another_object_is_injected(string version, string kind, string path)
    {
        var workload = $"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: inner, namespace: shop}}\n{At("spec.template", Template)}";
        var (_, result) = await new InjectionFixture().RunAsync($"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: outer}}\n{At(path, workload)}");
        var pod = Assert.Single(result.Pods);
        Assert.Equal((InjectionStatus.Injected, "shop/deployment/inner"), (pod.Status, $"{pod.Object}"));
    }

    [Theory]
    [InlineData("apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec: {template: {spec: {containers: {type: array}}}}")]
    [InlineData("apiVersion: example.com/v1\nkind: Odd\nspec: {template: {spec: {containers: [a, b]}}}")]
    [InlineData("apiVersion: example.com/v1\nkind: Odd\nspec: {template: {metadata: text, spec: {containers: [{name: a}]}}}")]
    [InlineData("apiVersion: example.com/v1\nkind: Odd\nspec: {pod: {spec: {containers: [{name: a}]}}}")]
    public async Task Nothing_else_is_a_pod_template(string text) => Assert.Empty((await new InjectionFixture().RunAsync(text)).Result.Pods);

    [Theory]
    [InlineData("spec: {template: {metadata: {annotations: {db-creds-injector.numberly.io/orders.role: orders-rw}}}}")]
    [InlineData("podAnnotations: {db-creds-injector.numberly.io/orders.role: orders-rw}")]
    [InlineData("apiVersion: v1\nkind: Service\nmetadata: {name: a, annotations: {db-creds-injector.numberly.io/orders.role: orders-rw}}")]
    public async Task An_annotation_without_a_pod_template_is_a_finding_and_issues_nothing(string text)
    {
        var injecting = new InjectionFixture();
        var (written, result) = await injecting.RunAsync(text);
        var pod = Assert.Single(result.Pods);
        Assert.Equal(InjectionStatus.NotRequested, pod.Status);
        Assert.Equal("KI047", Assert.Single(pod.Findings).Code);
        Assert.Equal(text, written);
        Assert.Empty(injecting.Issuer.Issued);
    }

    /// <summary>Puts YAML at a path, in which a dash is an item of a list.</summary>
    private static string At(string path, string yaml)
    {
        var text = yaml;
        foreach (var step in path.Split('.').Reverse())
            text = step == "-" ? $"- {text.Replace("\n", "\n  ", StringComparison.Ordinal)}" : $"{step}:\n  {text.Replace("\n", "\n  ", StringComparison.Ordinal)}";
        return text + "\n";
    }
}
