using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Manifests;

/// <summary>Finds pods and pod templates in a document, and annotations that request credentials where no injector reads them.</summary>
internal static class PodTemplateFinder
{
    // The API groups and the path of the pod template of each kind. Other groups can have a kind with the same name, such as "Job".
    private static readonly Dictionary<string, (string[] Groups, string[] Path)> Kinds = new(StringComparer.Ordinal)
    {
        ["Pod"] = ([""], []),
        ["PodTemplate"] = ([""], ["template"]),
        ["ReplicationController"] = ([""], ["spec", "template"]),
        ["Deployment"] = (["apps", "extensions"], ["spec", "template"]),
        ["ReplicaSet"] = (["apps", "extensions"], ["spec", "template"]),
        ["DaemonSet"] = (["apps", "extensions"], ["spec", "template"]),
        ["StatefulSet"] = (["apps"], ["spec", "template"]),
        ["Job"] = (["batch"], ["spec", "template"]),
        ["CronJob"] = (["batch"], ["spec", "jobTemplate", "spec", "template"]),
    };

    public static IEnumerable<ManifestPodTemplate> Find(ManifestText text, ManifestNode? root, ManifestVariables variables) =>
        Find(text, root, variables, null, null);

    private static IEnumerable<ManifestPodTemplate> Find(
        ManifestText text, ManifestNode? node, ManifestVariables variables, string? listKind, string? listVersion)
    {
        if (node?.Resolved is not MappingNode item)
            return [];

        // Items of a typed list (PodList) can omit kind and apiVersion.
        var kind = Text(item, "kind") ?? listKind ?? "";
        var version = Text(item, "apiVersion") ?? listVersion ?? "";
        if (kind.EndsWith("List", StringComparison.Ordinal) && item.Find("items")?.Value.Resolved is SequenceNode items)
        {
            var itemKind = kind == "List" ? null : kind[..^"List".Length];
            return items.Items.SelectMany(child => Find(text, child, variables, itemKind, itemKind is null ? null : version));
        }

        List<ManifestPodTemplate> templates = PathOf(kind, version) is { } path ? FindKnown(text, kind, item, path, variables)
            : kind.Length > 0 ? FindByShape(text, kind, item, variables)
            : [];
        return WithMisplacedKeys(text, kind, item, templates, variables);
    }

    private static string[]? PathOf(string kind, string version)
    {
        var group = version.Contains('/', StringComparison.Ordinal) ? version.Split('/')[0] : "";
        return Kinds.TryGetValue(kind, out var known) && known.Groups.Contains(group) ? known.Path : null;
    }

    private static List<ManifestPodTemplate> FindKnown(ManifestText text, string kind, MappingNode item, string[] path, ManifestVariables variables)
    {
        MappingNode? template = item;
        foreach (var step in path)
            template = template is null ? null : Mapping(text, template, step);
        return template is null ? [] : [Describe(text, kind, item, template, variables)];
    }

    /// <summary>
    /// Finds the pod templates and the objects of known kinds inside an object of another kind. A pod template is the value of a
    /// key that ends with "template", and has a spec with a list of containers.
    /// </summary>
    private static List<ManifestPodTemplate> FindByShape(ManifestText text, string kind, MappingNode item, ManifestVariables variables)
    {
        var found = new List<ManifestPodTemplate>();
        var visited = new HashSet<ManifestNode>();
        Search(item, "");
        return found;

        void Search(ManifestNode value, string key)
        {
            var node = value.Resolved;
            if (!visited.Add(node))
                return;
            if (node is SequenceNode list)
                list.Items.ForEach(child => Search(child, key));
            else if (node is MappingNode inner && inner != item && PathOf(Text(inner, "kind") ?? "", Text(inner, "apiVersion") ?? "") is not null)
                found.AddRange(Find(text, inner, variables, null, null));
            else if (node is MappingNode template && key.EndsWith("template", StringComparison.OrdinalIgnoreCase) && IsPodTemplate(template))
                found.Add(Describe(text, kind, item, template, variables));
            else if (node is MappingNode mapping)
                mapping.Entries.ForEach(entry => Search(entry.Value, entry.Key.Value));
        }
    }

    private static bool IsPodTemplate(MappingNode node) =>
        (node.Find("metadata") is null || node.Find("metadata")!.Value.Resolved is MappingNode)
        && node.Find("spec")?.Value.Resolved is MappingNode spec
        && spec.Find("containers")?.Value.Resolved is SequenceNode { Items.Count: > 0 } containers
        && containers.Items.TrueForAll(container => container.Resolved is MappingNode);

    private static List<ManifestPodTemplate> WithMisplacedKeys(
        ManifestText text, string kind, MappingNode item, List<ManifestPodTemplate> templates, ManifestVariables variables)
    {
        if (!text.Content.AsSpan(item.Start, item.End - item.Start).Contains(InjectionAnnotation.Prefix, StringComparison.Ordinal))
            return templates;
        var misplaced = MisplacedKey.Find(item, templates);
        if (misplaced.Count == 0)
            return templates;
        if (templates.Find(template => template.Object == item) is not { } first)
            return [DescribeObject(text, kind, item, misplaced, variables), .. templates];
        first.Misplaced = misplaced;
        return templates;
    }

    /// <summary>Describes an object without a pod template, because it has annotations that request credentials.</summary>
    private static ManifestPodTemplate DescribeObject(ManifestText text, string kind, MappingNode item, IReadOnlyList<MisplacedKey> misplaced, ManifestVariables variables)
    {
        var metadata = item.Find("metadata")?.Value.Resolved as MappingNode;
        return new ManifestPodTemplate(text, item, item, null, null, [], variables)
        {
            IsPodTemplate = false,
            Misplaced = misplaced,
            Template = new PodTemplate
            {
                Object = new ObjectReference(kind, metadata is null ? null : Text(metadata, "namespace"), Name(metadata)),
                HasTemplate = false,
            },
        };
    }

    private static ManifestPodTemplate Describe(ManifestText text, string kind, MappingNode item, MappingNode template, ManifestVariables known)
    {
        var metadata = Mapping(text, item, "metadata");
        var podMetadata = template == item ? metadata : Mapping(text, template, "metadata");
        var spec = Mapping(text, template, "spec");
        var annotations = podMetadata is null ? null : Mapping(text, podMetadata, "annotations");
        var labels = podMetadata is null ? null : Mapping(text, podMetadata, "labels");
        var containers = spec is null ? [] : (List<ManifestContainer>)
        [
            .. Containers(text, spec, "initContainers", isInit: true),
            .. Containers(text, spec, "containers", isInit: false),
        ];

        var workloadLabels = template == item || metadata is null ? null : Mapping(text, metadata, "labels");
        var workloadAnnotations = template == item || metadata is null ? null : Mapping(text, metadata, "annotations");
        return new ManifestPodTemplate(text, item, template, annotations, labels, containers, known)
        {
            Template = new PodTemplate
            {
                Object = new ObjectReference(kind, metadata is null ? null : Text(metadata, "namespace"), Name(metadata)),
                Labels = Map(labels),
                Annotations = Map(annotations),
                WorkloadLabels = Map(workloadLabels),
                WorkloadAnnotations = Map(workloadAnnotations),
                NonStringKeys = NonStringKeys(labels, annotations),
                WorkloadNonStringKeys = NonStringKeys(workloadLabels, workloadAnnotations),
                SelectorKeys = template == item ? [] : SelectorKeys(item),
                MetadataPath = PathOf(item, template),
                ServiceAccountName = (spec is null ? null : Text(spec, "serviceAccountName") ?? Text(spec, "serviceAccount")) ?? "default",
                Containers = [.. containers.Select(container => container.Container)],
            },
        };
    }

    // The path of the pod's metadata in its object, spec.template.metadata.
    private static string PathOf(MappingNode item, ManifestNode node)
    {
        var path = "metadata";
        for (ManifestNode current = node; current != item && current.Parent is { } parent; current = parent)
        {
            if (parent is MappingNode mapping && mapping.Entries.Find(entry => entry.Value == current) is { } entry)
                path = $"{entry.Key.Value}.{path}";
        }

        return path;
    }

    private static IEnumerable<ManifestContainer> Containers(ManifestText text, MappingNode spec, string key, bool isInit)
    {
        foreach (var item in Sequence(text, spec, key)?.Items ?? [])
        {
            var node = MappingOf(text, item, $"an item of {key}");
            var variables = Array.ConvertAll(Mappings(text, node, "env"), variable => (Name: Text(variable, "name") ?? "", Value: Text(variable, "value"), Secret: SecretOf(variable)));
            yield return new ManifestContainer(node, new PodContainer(Text(node, "name") ?? "", isInit, Array.ConvertAll(variables, variable => variable.Name))
            {
                IsSidecar = isInit && Text(node, "restartPolicy") == "Always",
                VariableSources = [.. Mappings(text, node, "envFrom").Select(source => Source(text, source)).OfType<VariableSource>()],
                DependentVariables = DependentVariable.Of(variables.Select(variable => variable.Value)),
                SecretReferences = [.. variables.Select(variable => variable.Secret).OfType<string>()],
                PlaceholderVariables = [.. variables.Where(variable => InjectorPlaceholder.IsIn(variable.Value)).Select(variable => variable.Name)],
                VaultVariables = [.. variables.Where(variable => VaultVariable.IsReference(variable.Value)).Select(variable => new VaultVariable(variable.Name, variable.Value!))],
            });
        }
    }

    private static string? SecretOf(MappingNode variable) =>
        (variable.Find("valueFrom")?.Value.Resolved as MappingNode)?.Find("secretKeyRef")?.Value.Resolved is MappingNode reference ? Text(reference, "name") : null;

    private static VariableSource? Source(ManifestText text, MappingNode source)
    {
        var secret = Mapping(text, source, "secretRef");
        var reference = secret ?? Mapping(text, source, "configMapRef");
        return reference is null ? null : new VariableSource(
            secret is null ? "ConfigMap" : "Secret", Text(reference, "name") ?? "", Text(source, "prefix") ?? "", Text(reference, "optional") == "true");
    }

    private static MappingNode[] Mappings(ManifestText text, MappingNode parent, string key) =>
        Sequence(text, parent, key) is { } sequence ? [.. sequence.Items.Select(item => MappingOf(text, item, $"an item of {key}"))] : [];

    private static MappingNode MappingOf(ManifestText text, ManifestNode item, string what) =>
        item.Resolved as MappingNode ?? throw Unexpected(text, item, what, "a mapping");

    private static string Name(MappingNode? metadata) => metadata is null
        ? ""
        : Text(metadata, "name") ?? (Text(metadata, "generateName") is { } prefix ? prefix + "*" : "");

    private static Dictionary<string, string> Map(MappingNode? mapping)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in mapping?.AllEntries() ?? [])
            map[entry.Key.Value] = entry.Value.Resolved is ScalarNode { IsNull: false } scalar ? scalar.Value : "";
        return map;
    }

    private static List<string> NonStringKeys(MappingNode? labels, MappingNode? annotations)
    {
        List<string> keys = [];
        foreach (var mapping in (MappingNode?[])[labels, annotations])
        {
            foreach (var entry in mapping?.AllEntries() ?? [])
            {
                if (entry.Value.Resolved is not ScalarNode scalar || !ScalarType.IsString(scalar))
                    keys.Add(entry.Key.Value);
            }
        }

        return keys;
    }

    private static List<string> SelectorKeys(MappingNode item)
    {
        if ((item.Find("spec")?.Value.Resolved as MappingNode)?.Find("selector")?.Value.Resolved is not MappingNode selector)
            return [];
        var byLabels = selector.Find("matchLabels")?.Value.Resolved as MappingNode;
        var byExpressions = selector.Find("matchExpressions")?.Value.Resolved as SequenceNode;

        // The selector of a ReplicationController contains the labels directly.
        var keys = (byLabels is null && byExpressions is null ? selector : byLabels)?.AllEntries().Select(entry => entry.Key.Value) ?? [];
        return
        [
            .. keys,
            .. byExpressions?.Items.Select(expression => expression.Resolved is MappingNode mapping ? Text(mapping, "key") : null).OfType<string>() ?? [],
        ];
    }

    private static string? Text(MappingNode mapping, string key) =>
        mapping.Find(key)?.Value.Resolved is ScalarNode { IsNull: false, Value: not "" } scalar ? scalar.Value : null;

    private static MappingNode? Mapping(ManifestText text, MappingNode parent, string key) =>
        parent.Find(key) is not { IsNull: false } entry ? null
        : entry.Value.Resolved as MappingNode ?? throw Unexpected(text, entry.Value, key, "a mapping");

    private static SequenceNode? Sequence(ManifestText text, MappingNode parent, string key) =>
        parent.Find(key) is not { IsNull: false } entry ? null
        : entry.Value.Resolved as SequenceNode ?? throw Unexpected(text, entry.Value, key, "a list");

    private static ManifestException Unexpected(ManifestText text, ManifestNode node, string what, string expected) =>
        new(text.LocationAt(node.Start), $"Kubernetes expects {what} to be {expected}. Correct it and try again.");
}
