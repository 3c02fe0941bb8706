using YamlDotNet.Core;

namespace KubeInject.Kubernetes.Configuration;

/// <summary>A YAML node of a kubeconfig with its location. Aliases are resolved; keys are strings.</summary>
internal abstract record KubeconfigNode(string File, Mark Start)
{
    public ConfigurationException Error(string message) =>
        ConfigurationException.At(File, Start.Line, Start.Column, message);

    /// <summary>Whether the value is null, which is treated like a missing key.</summary>
    public bool IsNull => this is Scalar { Kind: KubeconfigScalar.Null };

    internal sealed record Scalar(string File, Mark Start, string Value, KubeconfigScalar Kind) : KubeconfigNode(File, Start)
    {
        // The value may be a secret, and the generated ToString would print it.
        public override string ToString() => SensitiveString.Mask;
    }

    internal sealed record Sequence(string File, Mark Start, IReadOnlyList<KubeconfigNode> Items) : KubeconfigNode(File, Start);

    internal sealed record Mapping(string File, Mark Start, IReadOnlyDictionary<string, KubeconfigNode> Entries)
        : KubeconfigNode(File, Start);
}
