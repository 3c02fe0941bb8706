using KubeInject.Kubernetes;

namespace KubeInject.Injection;

/// <summary>Names of workloads as kubectl takes them: <c>deployment/orders</c>, <c>sts/orders</c>, <c>cronjobs.batch/cleanup</c>.</summary>
public static class WorkloadName
{
    /// <summary>The kinds that there are, with kubectl's short names, for messages.</summary>
    public static string Kinds { get; } = string.Join(", ", WorkloadKind.All.Select(kind => $"{kind.Names[0]} ({kind.Names[^1]})"));

    /// <summary>Reads a name.</summary>
    /// <param name="text">A kind and a name with a slash between them. Upper and lower case of the kind are the same.</param>
    /// <param name="namespace">The workload's namespace.</param>
    /// <returns>The workload.</returns>
    /// <exception cref="FormatException">The text is no such name, or of a kind that has no pod template that can be injected.</exception>
    public static ObjectReference Parse(string text, string @namespace)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Split('/') is not [{ Length: > 0 } type, { Length: > 0 } name])
            throw new FormatException($"'{text}' is no workload. Write its kind and its name, as in deployment/orders.");
        var kind = WorkloadKind.All.FirstOrDefault(known => known.IsNamed(type));
        return kind is not null
            ? new ObjectReference(kind.Resource.Kind, @namespace, name)
            : throw new FormatException($"'{text}': '{type}' is no kind of workload that can be injected. There are: {Kinds}.");
    }
}
