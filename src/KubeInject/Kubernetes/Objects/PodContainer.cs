namespace KubeInject.Kubernetes.Objects;

/// <summary>A container of a pod with its name and variables.</summary>
/// <param name="Name">The name of the container; empty if the document has none.</param>
/// <param name="IsInit">Whether it is in <c>initContainers</c>.</param>
/// <param name="Variables">The names of the variables in <c>env</c>, in the order of the document, including duplicates.</param>
public sealed record PodContainer(string Name, bool IsInit, IReadOnlyList<string> Variables)
{
    /// <summary>Whether it is a sidecar: an init container with <c>restartPolicy: Always</c>, which keeps running.</summary>
    public bool IsSidecar { get; init; }

    /// <summary>The sources in <c>envFrom</c>, in the order of the document. A later source overrides an earlier one, and <c>env</c> overrides all sources.</summary>
    public IReadOnlyList<VariableSource> VariableSources { get; init; } = [];

    /// <summary>
    /// The variables whose value is a reference to Vault (<c>vault:secret/data/orders#password</c>), as Bank-Vaults
    /// resolves them, in the order of the document. Other values are not kept, because they may be passwords.
    /// </summary>
    public IReadOnlyList<VaultVariable> VaultVariables { get; init; } = [];

    /// <summary>The names of the variables whose value is or contains an <see cref="InjectorPlaceholder"/>.</summary>
    internal IReadOnlyList<string> PlaceholderVariables { get; init; } = [];

    /// <summary>The names of the Secrets that variables in <c>env</c> refer to (<c>secretKeyRef</c>), in the order of the document.</summary>
    internal IReadOnlyList<string> SecretReferences { get; init; } = [];

    /// <summary>The variables whose value refers to other variables, in the order of the document.</summary>
    internal IReadOnlyList<DependentVariable> DependentVariables { get; init; } = [];
}
