using System.Text.Json.Nodes;
using KubeInject.Injection.Workloads;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Tests.Injection;

/// <summary>A component that would revert the injection of a workload is recognized.</summary>
public sealed class WorkloadOwnerTests
{
    private const string Template = """{"f:spec":{"f:template":{"f:spec":{"f:containers":{}}}}}""";

    [Theory]
    [InlineData("""{"labels":{"kustomize.toolkit.fluxcd.io/name":"apps","kustomize.toolkit.fluxcd.io/namespace":"flux-system"}}""", "Flux (Kustomization flux-system/apps)")]
    [InlineData("""{"labels":{"helm.toolkit.fluxcd.io/name":"orders","app.kubernetes.io/managed-by":"Helm"},"annotations":{"meta.helm.sh/release-name":"orders"}}""", "Flux (HelmRelease orders)")]
    [InlineData("""{"annotations":{"kustomize.toolkit.fluxcd.io/checksum":"1"}}""", "Flux")]
    [InlineData("""{"annotations":{"argocd.argoproj.io/tracking-id":"shop:apps/Deployment:shop/orders"}}""", "Argo CD (Application shop)")]
    [InlineData("""{"labels":{"argocd.argoproj.io/instance":"shop"}}""", "Argo CD (Application shop)")]
    [InlineData("""{"annotations":{"argocd.argoproj.io/sync-wave":"1"}}""", "Argo CD")]
    [InlineData("""{"labels":{"app.kubernetes.io/managed-by":"Helm"},"annotations":{"meta.helm.sh/release-name":"shop"}}""", "Helm (release shop)")]
    [InlineData("""{"labels":{"kapp.k14s.io/app":"1"}}""", "kapp")]
    [InlineData("""{"ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"a"},{"apiVersion":"example.com/v1","kind":"Shop","name":"orders","controller":true}]}""", "The controller of Shop orders (example.com/v1)")]
    public void Labels_annotations_and_owners_name_the_component(string metadata, string owner) => Assert.Equal(owner, Find(metadata));

    [Theory]
    [InlineData("kustomize-controller", "Apply", "Flux")]
    [InlineData("argocd-controller", "Update", "Argo CD")]
    [InlineData("argocd-controller", "Apply", "Argo CD")]
    [InlineData("helm", "Update", "Helm")]
    [InlineData("Terraform", "Apply", "Terraform")]
    [InlineData("pulumi-kubernetes-1a2b", "Apply", "Pulumi")]
    [InlineData("shop-operator", "Apply", "The field manager 'shop-operator'")]
    public void A_field_manager_of_the_template_names_the_component(string manager, string operation, string owner) =>
        Assert.Equal(owner, Find(Managed(manager, operation, Template)));

    [Theory]
    [InlineData("kubectl", "Apply", Template)]
    [InlineData("kubectl-client-side-apply", "Update", Template)]
    [InlineData("kubectl-edit", "Update", Template)]
    [InlineData("kubeinject", "Update", Template)]
    [InlineData("Mozilla", "Update", Template)]
    [InlineData("shop-autoscaler", "Apply", """{"f:spec":{"f:replicas":{}}}""")]
    [InlineData("helm", "Update", """{"f:metadata":{"f:labels":{}}}""")]
    public void A_user_and_a_manager_of_other_fields_are_no_component(string manager, string operation, string fields) =>
        Assert.Null(Find(Managed(manager, operation, fields)));

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"labels":{"app.kubernetes.io/managed-by":"Helm"}}""")]
    [InlineData("""{"ownerReferences":[{"apiVersion":"example.com/v1","kind":"Shop","name":"orders"}]}""")]
    [InlineData("""{"labels":{"kustomize.toolkit.fluxcd.io/name":"apps"},"annotations":{"kustomize.toolkit.fluxcd.io/reconcile":"disabled"}}""")]
    [InlineData("""{"labels":{"kustomize.toolkit.fluxcd.io/name":"apps"},"annotations":{"kustomize.toolkit.fluxcd.io/ssa":"Ignore"}}""")]
    [InlineData("""{"labels":[],"annotations":1,"ownerReferences":"a","managedFields":[1,{"fieldsV1":"x"}]}""")]
    public void Other_metadata_names_no_component(string metadata) => Assert.Null(Find(metadata));

    [Fact]
    public void The_message_names_the_component_and_the_way_out()
    {
        Assert.Equal(
            "Helm (release shop) manages it, and its next reconciliation or upgrade reverts the injection or fails. Inject the manifests in its repository, or specify -Force to change the workload anyway.",
            new WorkloadOwner("Helm (release shop)").Obstacle);
        Assert.Contains("Change Shop orders, or", new WorkloadOwner("The controller of Shop orders (example.com/v1)", "Shop orders").Obstacle, StringComparison.Ordinal);
    }

    private static string Managed(string manager, string operation, string fields) =>
        $$"""{"managedFields":[{"manager":"{{manager}}","operation":"{{operation}}","fieldsType":"FieldsV1","fieldsV1":{{fields}}}]}""";

    private static string? Find(string metadata) => WorkloadOwner.Of(
        KubeObject.Parse(new JsonObject { ["kind"] = "Deployment", ["metadata"] = JsonNode.Parse(metadata) }.ToJsonString()), "/spec/template")?.Name;
}
