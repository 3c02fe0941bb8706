namespace KubeInject.Kubernetes.Objects;

/// <summary>A ConfigMap or Secret whose keys a container takes as variables (<c>envFrom</c>).</summary>
/// <param name="Kind"><c>ConfigMap</c> or <c>Secret</c>.</param>
/// <param name="Name">Its name; empty where the document gives none.</param>
/// <param name="Prefix">What is put in front of each key; empty for nothing.</param>
/// <param name="IsOptional">Whether the container starts without it.</param>
public sealed record VariableSource(string Kind, string Name, string Prefix, bool IsOptional)
{
    /// <summary>Its keys, where it stands in the same manifest; null where they are not known.</summary>
    public IReadOnlyList<string>? Keys { get; init; }
}
