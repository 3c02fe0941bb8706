namespace KubeInject.Kubernetes.Objects;

/// <summary>A ConfigMap or Secret whose keys become variables of a container (<c>envFrom</c>).</summary>
/// <param name="Kind"><c>ConfigMap</c> or <c>Secret</c>.</param>
/// <param name="Name">The name; empty if the document has none.</param>
/// <param name="Prefix">The prefix of each key; empty for none.</param>
/// <param name="IsOptional">Whether the container starts if the ConfigMap or Secret does not exist.</param>
public sealed record VariableSource(string Kind, string Name, string Prefix, bool IsOptional)
{
    /// <summary>The keys if the ConfigMap or Secret is in the same manifest; null if they are unknown.</summary>
    public IReadOnlyList<string>? Keys { get; init; }
}
