using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Secrets;

/// <summary>A planned and permitted change of a Secret in its current state.</summary>
internal sealed class SecretPlan
{
    private readonly Func<CancellationToken, Task<KubeObject?>> write;

    internal SecretPlan(ObjectReference reference, string action, Func<CancellationToken, Task<KubeObject?>> write)
    {
        Reference = reference;
        Action = action;
        this.write = write;
    }

    /// <summary>The Secret.</summary>
    public ObjectReference Reference { get; }

    /// <summary>A description of the change, with keys but without values: <c>Create with the keys password, username</c>.</summary>
    public string Action { get; }

    /// <summary>The reference of the Secret and the description of the change.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => $"{Reference}: {Action}";

    /// <summary>Writes the change. Throws <see cref="KubeApiException"/> if the Secret has changed since the plan was created.</summary>
    internal Task<KubeObject?> WriteAsync(CancellationToken cancellationToken) => write(cancellationToken);
}
