using KubeInject.Http;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Injection.Workloads;

/// <summary>A component that manages a workload and would revert a change of its pod template.</summary>
/// <param name="Name">The name for messages: <c>Flux (Kustomization flux-system/apps)</c>.</param>
/// <param name="Controller">The object whose controller manages the workload. Null if a tool applies manifests.</param>
internal sealed record WorkloadOwner(string Name, string? Controller = null)
{
    private const string HelmRelease = "helm.toolkit.fluxcd.io/";
    private const string Kustomization = "kustomize.toolkit.fluxcd.io/";
    private const string ArgoCd = "argocd.argoproj.io/";

    /// <summary>The prefixes of labels and annotations of other tools that apply manifests.</summary>
    private static readonly (string Prefix, string Tool)[] Marks =
    [
        ("kapp.k14s.io/", "kapp"),
        ("objectset.rio.cattle.io/", "Fleet"),
        ("configmanagement.gke.io/", "Config Sync"),
        ("configsync.gke.io/", "Config Sync"),
    ];

    private static readonly Dictionary<string, string> FieldManagers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["kustomize-controller"] = "Flux",
        ["helm-controller"] = "Flux",
        ["argocd-controller"] = "Argo CD",
        ["argocd-application-controller"] = "Argo CD",
        ["helm"] = "Helm",
        ["HashiCorp"] = "Terraform",
        ["Terraform"] = "Terraform",
        ["kapp"] = "kapp",
        ["fleetagent"] = "Fleet",
        ["configsync"] = "Config Sync",
    };

    /// <summary>The reason not to change the workload, and the remedy.</summary>
    public string Obstacle => Controller is null
        ? $"{Name} manages it, and its next reconciliation or upgrade reverts the injection or fails. Inject the manifests in its repository, or specify -Force to change the workload anyway."
        : $"{Name} manages it, and its next reconciliation reverts the injection or fails. Change {Controller}, or specify -Force to change the workload anyway.";

    /// <summary>Finds the component that manages a workload. Null if no component is known.</summary>
    public static WorkloadOwner? Of(KubeObject workload, string templatePath)
    {
        var metadata = workload.ToElement().Get("metadata");
        foreach (var owner in metadata.Get("ownerReferences").Items().Where(owner => owner.IsTrue("controller")))
        {
            var controller = $"{owner.Text("kind")} {owner.Text("name")}";
            return new WorkloadOwner($"The controller of {controller} ({owner.Text("apiVersion")})", controller);
        }

        var labels = metadata.Get("labels").Texts();
        var annotations = metadata.Get("annotations").Texts();
        if (IsIgnoredByFlux(labels) || IsIgnoredByFlux(annotations))
            return null;
        if (OfMarks(labels, annotations) is { } marked)
            return new WorkloadOwner(marked);
        return TemplateManager.Of(workload, templatePath).Select(OfFields).FirstOrDefault(name => name is not null) is { } manager ? new WorkloadOwner(manager) : null;
    }

    /// <summary>Returns the tool that writes under the name of a field manager. Null for an unknown name.</summary>
    public static string? NameOfTool(string fieldManager) =>
        FieldManagers.GetValueOrDefault(fieldManager) ?? (fieldManager.StartsWith("pulumi", StringComparison.OrdinalIgnoreCase) ? "Pulumi" : null);

    private static string? OfMarks(IReadOnlyDictionary<string, string> labels, IReadOnlyDictionary<string, string> annotations)
    {
        bool Has(string prefix) => labels.Keys.Concat(annotations.Keys).Any(key => key.StartsWith(prefix, StringComparison.Ordinal));

        if (Has(HelmRelease))
            return $"Flux{Detail("HelmRelease", labels, HelmRelease)}";
        if (Has(Kustomization))
            return $"Flux{Detail("Kustomization", labels, Kustomization)}";
        if (Has(ArgoCd))
        {
            var application = labels.GetValueOrDefault($"{ArgoCd}instance") ?? annotations.GetValueOrDefault($"{ArgoCd}tracking-id")?.Split(':')[0];
            return application is null ? "Argo CD" : $"Argo CD (Application {application})";
        }

        if (labels.GetValueOrDefault("app.kubernetes.io/managed-by") == "Helm" && annotations.TryGetValue("meta.helm.sh/release-name", out var release))
            return $"Helm (release {release})";
        return Marks.FirstOrDefault(mark => Has(mark.Prefix)).Tool;
    }

    private static string Detail(string kind, IReadOnlyDictionary<string, string> labels, string prefix) =>
        labels.TryGetValue($"{prefix}name", out var name)
            ? $" ({kind} {(labels.TryGetValue($"{prefix}namespace", out var @namespace) ? $"{@namespace}/" : "")}{name})"
            : "";

    // Only programs that apply the same manifest repeatedly use server-side apply, except for kubectl, which people run.
    private static string? OfFields(TemplateManager manager) => NameOfTool(manager.Name)
        ?? (manager.Applies && !manager.Name.StartsWith("kubectl", StringComparison.Ordinal) ? $"The field manager '{manager.Name}'" : null);

    // https://fluxcd.io/flux/components/kustomize/kustomizations/#controlling-the-apply-behavior-of-resources
    private static bool IsIgnoredByFlux(IReadOnlyDictionary<string, string> marks) =>
        string.Equals(marks.GetValueOrDefault($"{Kustomization}reconcile"), "disabled", StringComparison.OrdinalIgnoreCase)
        || (marks.TryGetValue($"{Kustomization}ssa", out var mode) && (mode.Equals("Ignore", StringComparison.OrdinalIgnoreCase) || mode.Equals("IfNotPresent", StringComparison.OrdinalIgnoreCase)));
}
