namespace KubeInject.Kubernetes.Objects;

/// <summary>A reference to an object in a cluster or a manifest.</summary>
/// <param name="Kind">The kind of the object: <c>Pod</c>, <c>Deployment</c>.</param>
/// <param name="Namespace">The namespace; null if the manifest has none.</param>
/// <param name="Name">The name, or a <c>generateName</c> prefix followed by <c>*</c>; empty if the manifest has neither.</param>
public sealed record ObjectReference(string Kind, string? Namespace, string Name)
{
    /// <summary>The reference as kubectl prints it, with the namespace as a prefix: <c>shop/deployment/orders</c>. Invisible characters are escaped.</summary>
    public override string ToString() =>
        DisplayText.Escape(string.IsNullOrEmpty(Namespace) ? $"{Kind.ToLowerInvariant()}/{Name}" : $"{Namespace}/{Kind.ToLowerInvariant()}/{Name}");
}
