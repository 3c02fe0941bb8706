using System.Text;
using System.Text.Json;
using KubeInject.Http;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Injection.Workloads;

/// <summary>
/// Finds variables that the manifest of a workload declares in another form than the injection would write. The next apply of
/// that manifest merges the variables by name, and the server rejects a variable with two forms.
/// </summary>
/// <remarks>
/// A form is <c>value</c>, or the source in <c>valueFrom</c>, such as <c>secretKeyRef</c>. Without a form, the value is empty,
/// and can be merged with every form.
/// </remarks>
internal sealed class DeclaredVariables
{
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";
    private const string ValueForm = "value";
    private const string SecretForm = "secretKeyRef";

    private static readonly string[] Lists = ["initContainers", "containers"];

    private readonly List<Variable> variables;
    private readonly string written;
    private readonly bool isPod;

    private DeclaredVariables(List<Variable> variables, string written, bool isPod)
    {
        this.variables = variables;
        this.written = written;
        this.isPod = isPod;
    }

    /// <summary>Returns why the injection would make the next apply fail, with the remedy. Null if it would not.</summary>
    /// <param name="workload">The workload or pod as it was read.</param>
    /// <param name="templatePath">The JSON pointer of the pod template. Empty for a pod.</param>
    /// <param name="pod">The planned injection.</param>
    public static string? Obstacle(KubeObject workload, string templatePath, PlannedPod pod)
    {
        if (pod.Plan is null)
            return null;
        var live = PodSpecOf(workload.ToElement(), templatePath);
        var applied = PodSpecOf(LastAppliedTo(workload), templatePath);

        // The manifest of a pod from kubectl create is not applied later, because an apply cannot change a pod.
        var isPod = templatePath.Length == 0;
        var managers = TemplateManager.Of(workload, templatePath).Where(manager => manager.Merges && !(isPod && manager.Name == "kubectl-create")).ToList();
        var names = pod.Plan.Variables.Select(variable => variable.Name).ToList();
        var found =
            from list in Lists
            from container in live.Get(list).Items()
            let containerName = container.Text("name") ?? ""
            from name in names
            let now = FormOf(container, name)
            let declared = FormOf(Named(applied.Get(list), containerName), name) ?? (now is not null && IsOwned(list, containerName, name, now) ? now : null)
            where declared is not null
            select new Variable(containerName, name, declared, now);
        return new DeclaredVariables(found.ToList(), pod.Secret is null ? ValueForm : SecretForm, isPod).Obstacle();

        bool IsOwned(string list, string container, string variable, string form) =>
            managers.Any(manager => manager.Owns(list, container, variable, form == ValueForm ? ValueForm : "valueFrom"));
    }

    private string? Obstacle()
    {
        if (isPod)
        {
            return variables.Count == 0 ? null
                : $"The manifest that it was created from declares {Text(variables)}. The next apply of that manifest would fail, because the variables of a pod cannot be changed. Inject the manifest instead.";
        }

        var mixed = variables.Where(variable => variable.IsMixedWith(written)).ToList();
        if (mixed.Count == 0)
            return null;
        var (now, other, delivery) = written == ValueForm ? ("a value", SecretForm, "Secret") : ("a reference to a Secret", ValueForm, "Value");
        var alternative = variables.Any(variable => variable.IsMixedWith(other)) ? "" : $", or specify -Delivery {delivery}";
        return $"The manifest that it was created from declares {Text(mixed)}, and the injection would set {now}. "
            + $"The next apply of that manifest would fail, because it merges both. Remove the variable from the manifest and the workload{alternative}.";
    }

    private static string Text(IEnumerable<Variable> variables) => string.Join(", ", variables
        .GroupBy(variable => (variable.Name, variable.Declared))
        .Select(group => $"{group.Key.Name} with {(group.Key.Declared == ValueForm ? ValueForm : $"valueFrom.{group.Key.Declared}")} (in {string.Join(", ", group.Select(variable => variable.Container))})"));

    private static JsonElement PodSpecOf(JsonElement workload, string templatePath) =>
        templatePath.Split('/', StringSplitOptions.RemoveEmptyEntries).Aggregate(workload, (element, step) => element.Get(step)).Get("spec");

    private static JsonElement LastAppliedTo(KubeObject workload)
    {
        try
        {
            return workload.ToElement().Get("metadata").Get("annotations").Text(LastApplied) is { } text ? TolerantJson.Parse(Encoding.UTF8.GetBytes(text)) : default;
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static JsonElement Named(JsonElement list, string name) => list.Items().FirstOrDefault(item => item.Text("name") == name);

    private static string? FormOf(JsonElement container, string variable)
    {
        var item = Named(container.Get("env"), variable);
        if (item.Get("value") is var value && value.Exists() && value.Text() is not "")
            return ValueForm;
        var source = item.Get("valueFrom");
        return source.ValueKind == JsonValueKind.Object ? source.EnumerateObject().FirstOrDefault(field => field.Value.Exists()).Text() : null;
    }

    /// <param name="Container">The container.</param>
    /// <param name="Name">The name of the variable.</param>
    /// <param name="Declared">The form in the manifest.</param>
    /// <param name="Now">The form in the workload. Null if it has none.</param>
    private sealed record Variable(string Container, string Name, string Declared, string? Now)
    {
        /// <summary>Whether a variable of a form would be the first to make the next apply fail.</summary>
        public bool IsMixedWith(string form) => Declared != form && Now != form;
    }
}
