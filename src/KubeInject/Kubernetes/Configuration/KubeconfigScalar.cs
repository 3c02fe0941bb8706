namespace KubeInject.Kubernetes.Configuration;

/// <summary>What a scalar of a kubeconfig is: kubectl takes no number where a text belongs, and no text where a flag does.</summary>
internal enum KubeconfigScalar
{
    Text,
    Number,
    Boolean,
    Null,
}
