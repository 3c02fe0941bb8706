using KubeInject.Http;

namespace KubeInject.Kubernetes.Client;

/// <summary>A token of a ServiceAccount.</summary>
/// <param name="Token">The token.</param>
/// <param name="ExpirationTimestamp">The time when the token expires.</param>
internal sealed record ServiceAccountToken(SensitiveString Token, DateTimeOffset ExpirationTimestamp)
{
    /// <summary>Reads the token that is mounted in a pod.</summary>
    /// <param name="folder">The folder where the ServiceAccount is mounted.</param>
    /// <returns>The token. Do not keep it, because the kubelet replaces it regularly.</returns>
    /// <exception cref="ConfigurationException">The folder contains no token.</exception>
    public static SensitiveString ReadMounted(string folder)
    {
        var path = Path.Combine(folder, "token");
        var text = ConfigurationFile.Read(path, "token").Trim();
        return text.Length > 0 ? new SensitiveString(text) : throw new ConfigurationException($"The token file {path} is empty.") { File = path };
    }
}
