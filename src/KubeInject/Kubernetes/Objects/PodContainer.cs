namespace KubeInject.Kubernetes.Objects;

/// <summary>A container of a pod, by its name and the variables that it declares.</summary>
/// <param name="Name">The container's name; empty where the document gives none.</param>
/// <param name="IsInit">Whether it stands under <c>initContainers</c>.</param>
/// <param name="Variables">Names of the variables in <c>env</c>, in the order of the document, repeated as often as they stand there.</param>
public sealed record PodContainer(string Name, bool IsInit, IReadOnlyList<string> Variables)
{
    /// <summary>Whether it is an init container that keeps running beside the others (<c>restartPolicy: Always</c>).</summary>
    public bool IsSidecar { get; init; }

    /// <summary>What it takes variables from as a whole (<c>envFrom</c>), in the order of the document: of two with the same key the later counts, and <c>env</c> goes before both.</summary>
    public IReadOnlyList<VariableSource> VariableSources { get; init; } = [];

    /// <summary>
    /// Variables whose value says where in Vault to find it (<c>vault:secret/data/orders#password</c>), as Bank-Vaults
    /// resolves them, in the order of the document. No other value is kept: it may be a password.
    /// </summary>
    public IReadOnlyList<VaultVariable> VaultVariables { get; init; } = [];
}
