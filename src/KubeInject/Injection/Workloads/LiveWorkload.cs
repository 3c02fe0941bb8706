using System.Text.Json.Nodes;
using KubeInject.Annotations;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Manifests;
using KubeInject.Manifests.Editing;

namespace KubeInject.Injection.Workloads;

/// <summary>A workload as it was read from the cluster.</summary>
internal sealed class LiveWorkload
{
    private readonly WorkloadKind kind;
    private readonly ManifestDocument document;

    private LiveWorkload(WorkloadKind kind, KubeObject workload)
    {
        this.kind = kind;
        Object = workload;
        document = Manifest.Parse(new ManifestText(workload.ToJson())).Documents[0];
    }

    public KubeObject Object { get; }

    public ObjectReference Reference => new(Object.Kind, Object.Namespace, Object.Name);

    public KubeResource Resource => kind.ResourceOf(Object);

    /// <summary>The leases that the pod template names.</summary>
    public IEnumerable<Guid> Leases => InjectionAnnotation.LeasesOf(document.PodTemplates[0].Template.Annotations);

    public static async Task<LiveWorkload> ReadAsync(KubeObjectClient client, ObjectReference reference, CancellationToken cancellationToken)
    {
        var kind = WorkloadKind.Of(reference.Kind) is { CanBeChanged: true } known
            ? known
            : throw new ArgumentException($"The pod template of {reference} cannot be changed.", nameof(reference));
        return new LiveWorkload(kind, await kind.GetAsync(client, reference, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Plans the injection of the pod template.</summary>
    /// <param name="options">The label key and the default mount path.</param>
    /// <param name="delivery">The way in which containers get the credentials. Null keeps the current way.</param>
    /// <param name="replaces">Whether to replace existing credentials.</param>
    /// <param name="force">Whether to change a workload that another component manages.</param>
    public PlannedPod Plan(InjectionOptions options, CredentialDelivery? delivery, bool replaces, bool force)
    {
        var template = document.PodTemplates[0];
        var pod = PlannedPod.Read(template, options, delivery ?? DeliveryOf(template, options), null, replaces).WithoutLocation();
        return ObstacleTo(Object, kind.TemplatePath, pod, force) is { } obstacle ? pod.Failed($"{pod.Result.Place}: {obstacle}") : pod;
    }

    /// <summary>Returns why another component or user would revert the planned injection or fail because of it, with the remedy. Null if nothing is known.</summary>
    /// <param name="workload">The workload or pod as it was read.</param>
    /// <param name="templatePath">The JSON pointer of the pod template. Empty for a pod.</param>
    /// <param name="pod">The planned injection.</param>
    /// <param name="force">Whether to change a workload that another component manages.</param>
    public static string? ObstacleTo(KubeObject workload, string templatePath, PlannedPod pod, bool force) => !pod.IsPlanned ? null
        : (force ? null : WorkloadOwner.Of(workload, templatePath)?.Obstacle) ?? DeclaredVariables.Obstacle(workload, templatePath, pod);

    /// <summary>Returns the pod template with the planned injection.</summary>
    public JsonObject Edit(PlannedPod pod, PodValues values) => TemplateOf(ManifestEditor.Apply(document, [.. PodRenderer.Render(document.PodTemplates[0], pod, values)]));

    /// <summary>Returns the current pod template.</summary>
    public JsonObject ReadTemplate() => TemplateOf(document.Text);

    /// <summary>Replaces the pod template, unless the workload changed after it was read.</summary>
    /// <returns>The changed workload.</returns>
    /// <exception cref="KubeApiException"><see cref="KubeApiReason.Conflict"/>: The workload changed.</exception>
    public async Task<LiveWorkload> ReplaceTemplateAsync(KubeObjectClient client, JsonObject template, bool dryRun, CancellationToken cancellationToken)
    {
        var patch = new JsonArray(
            new JsonObject { ["op"] = "replace", ["path"] = "/metadata/resourceVersion", ["value"] = Object.ResourceVersion },
            new JsonObject { ["op"] = "replace", ["path"] = kind.TemplatePath, ["value"] = template });
        var patched = await client.PatchAsync(
            Resource, Object.Name, KubePatch.Json(patch.ToJsonString()), Object.Namespace, new KubeWriteOptions { DryRun = dryRun }, cancellationToken).ConfigureAwait(false);
        return new LiveWorkload(kind, patched);
    }

    private static CredentialDelivery DeliveryOf(ManifestPodTemplate template, InjectionOptions options)
    {
        var variables = InjectionPlan.For(template.ReadInjection(options)).Variables.Select(variable => variable.Name).ToHashSet(StringComparer.Ordinal);
        return template.Containers.Any(container => PodRenderer.TakesFromSecret(container.Node, variables)) ? CredentialDelivery.Secret : CredentialDelivery.Value;
    }

    private JsonObject TemplateOf(string json)
    {
        var node = JsonNode.Parse(json)!;
        foreach (var step in kind.TemplatePath.Split('/', StringSplitOptions.RemoveEmptyEntries))
            node = node[step]!;
        return node.DeepClone().AsObject();
    }
}
