namespace KubeInject.Kubernetes.Configuration;

/// <summary>The type of a scalar in a kubeconfig. kubectl rejects a number instead of a string, and a string instead of a Boolean.</summary>
internal enum KubeconfigScalar
{
    Text,
    Number,
    Boolean,
    Null,
}
