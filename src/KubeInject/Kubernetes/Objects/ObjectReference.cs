namespace KubeInject.Kubernetes.Objects;

/// <summary>Names one object of a cluster or of a manifest.</summary>
/// <param name="Kind">The object's kind, as the API spells it: <c>Pod</c>, <c>Deployment</c>.</param>
/// <param name="Namespace">Its namespace; null where the manifest names none.</param>
/// <param name="Name">Its name; a <c>generateName</c> prefix followed by <c>*</c>; empty where the manifest has neither.</param>
public sealed record ObjectReference(string Kind, string? Namespace, string Name)
{
    /// <summary>The form that kubectl prints, with the namespace in front: <c>shop/deployment/orders</c>. Invisible characters are escaped.</summary>
    public override string ToString() =>
        DisplayText.Escape(string.IsNullOrEmpty(Namespace) ? $"{Kind.ToLowerInvariant()}/{Name}" : $"{Namespace}/{Kind.ToLowerInvariant()}/{Name}");
}
