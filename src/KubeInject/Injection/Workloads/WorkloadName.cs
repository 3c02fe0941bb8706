using KubeInject.Kubernetes.Objects;

namespace KubeInject.Injection.Workloads;

/// <summary>Parses names of workloads with the syntax of kubectl: <c>deployment/orders</c>, <c>sts/orders</c>, <c>cronjobs.batch/cleanup</c>.</summary>
internal static class WorkloadName
{
    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    /// <summary>The supported kinds with the short names of kubectl, for messages.</summary>
    public static string Kinds { get; } = string.Join(", ", WorkloadKind.All.Select(kind => $"{kind.Names[0]} ({kind.Names[^1]})"));

    /// <summary>Parses a name.</summary>
    /// <param name="text">The kind and the name, separated by a slash, optionally after a namespace and a slash. The kind is not case-sensitive.</param>
    /// <param name="namespace">The namespace if the text contains none.</param>
    /// <returns>The workload.</returns>
    /// <exception cref="FormatException">The text is not the name of a workload, or the kind cannot be injected.</exception>
    public static ObjectReference Parse(string text, string @namespace)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (type, reference) = text.Split('/') switch
        {
            [{ Length: > 0 } kindName, { Length: > 0 } name] when ObjectName.IsPathSegment(name) => (kindName, new ObjectReference("", @namespace, name)),
            [{ Length: > 0 } ownNamespace, { Length: > 0 } kindName, { Length: > 0 } name] when ObjectName.IsPathSegment(ownNamespace) && ObjectName.IsPathSegment(name) => (kindName, new ObjectReference("", ownNamespace, name)),
            _ => throw new FormatException($"'{text}' is not the name of a workload. Specify kind and name, as in deployment/orders, or namespace, kind and name, as in shop/deployment/orders."),
        };
        var kind = WorkloadKind.All.FirstOrDefault(known => known.IsNamed(type));
        return kind is not null
            ? reference with { Kind = kind.Resource.Kind }
            : throw new FormatException($"'{text}': A workload of the kind '{type}' cannot be injected. Use one of these kinds: {Kinds}.");
    }

    /// <summary>Returns whether a text is the name of a workload, and not the path of a manifest: <c>deployment/orders</c>, but not <c>deployment/orders.yaml</c>.</summary>
    public static bool IsName(string text)
    {
        if (Extensions.Any(extension => text.EndsWith(extension, StringComparison.OrdinalIgnoreCase)))
            return false;
        try
        {
            return Parse(text, "") is not null;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
