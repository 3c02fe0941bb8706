using YamlDotNet.Core;

namespace KubeInject.Kubernetes.Configuration;

/// <summary>A node of a kubeconfig's YAML with its place. Anchors are resolved; keys are plain text.</summary>
internal abstract record KubeconfigNode(string File, Mark Start)
{
    public ConfigurationException Error(string message) =>
        ConfigurationException.At(File, Start.Line, Start.Column, message);

    /// <summary>A key with nothing behind it, which says as much as a missing one.</summary>
    public bool IsNull => this is Scalar { Kind: KubeconfigScalar.Null };

    internal sealed record Scalar(string File, Mark Start, string Value, KubeconfigScalar Kind) : KubeconfigNode(File, Start)
    {
        // The value may be a secret, and a record would print it.
        public override string ToString() => SensitiveString.Mask;
    }

    internal sealed record Sequence(string File, Mark Start, IReadOnlyList<KubeconfigNode> Items) : KubeconfigNode(File, Start);

    internal sealed record Mapping(string File, Mark Start, IReadOnlyDictionary<string, KubeconfigNode> Entries)
        : KubeconfigNode(File, Start);
}
