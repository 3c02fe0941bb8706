using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Secrets;

/// <summary>What would be done to a Secret as it stands, once it was found to be allowed.</summary>
public sealed class SecretPlan
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

    /// <summary>What is done, in words, with keys and without values: <c>Create with the keys password, username</c>.</summary>
    public string Action { get; }

    /// <summary>The Secret, and what is done.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => $"{Reference}: {Action}";

    /// <summary>Does it, in the state that the plan was made for; throws <see cref="KubeApiException"/> where that has changed.</summary>
    internal Task<KubeObject?> WriteAsync(CancellationToken cancellationToken) => write(cancellationToken);
}
