using KubeInject.Kubernetes.Objects;

namespace KubeInject.Injection.Workloads;

/// <summary>Names of workloads as kubectl takes them: <c>deployment/orders</c>, <c>sts/orders</c>, <c>cronjobs.batch/cleanup</c>.</summary>
public static class WorkloadName
{
    /// <summary>The kinds that there are, with kubectl's short names, for messages.</summary>
    public static string Kinds { get; } = string.Join(", ", WorkloadKind.All.Select(kind => $"{kind.Names[0]} ({kind.Names[^1]})"));

    /// <summary>Reads a name.</summary>
    /// <param name="text">A kind and a name with a slash between them, in front of which may be a namespace. Upper and lower case of the kind are the same.</param>
    /// <param name="namespace">The workload's namespace if the text has none.</param>
    /// <returns>The workload.</returns>
    /// <exception cref="FormatException">The text is no such name, or of a kind that has no pod template that can be injected.</exception>
    public static ObjectReference Parse(string text, string @namespace)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (type, reference) = text.Split('/') switch
        {
            [{ Length: > 0 } kindName, { Length: > 0 } name] => (kindName, new ObjectReference("", @namespace, name)),
            [{ Length: > 0 } ownNamespace, { Length: > 0 } kindName, { Length: > 0 } name] => (kindName, new ObjectReference("", ownNamespace, name)),
            _ => throw new FormatException($"'{text}' is not the name of a workload. Specify kind and name, as in deployment/orders, or namespace, kind and name, as in shop/deployment/orders."),
        };
        var kind = WorkloadKind.All.FirstOrDefault(known => known.IsNamed(type));
        return kind is not null
            ? reference with { Kind = kind.Resource.Kind }
            : throw new FormatException($"'{text}': A workload of the kind '{type}' cannot be injected. Use one of these kinds: {Kinds}.");
    }
}
