using KubeInject.Http;

namespace KubeInject.Kubernetes.Client;

/// <summary>A token of a ServiceAccount.</summary>
/// <param name="Token">The token.</param>
/// <param name="ExpirationTimestamp">Until when it is accepted.</param>
public sealed record ServiceAccountToken(SensitiveString Token, DateTimeOffset ExpirationTimestamp)
{
    /// <summary>Reads the token that a pod finds mounted.</summary>
    /// <param name="folder">The folder that the ServiceAccount is mounted at.</param>
    /// <returns>The token; it changes from time to time, so it is not to be kept.</returns>
    /// <exception cref="ConfigurationException">There is no token in the folder.</exception>
    public static SensitiveString ReadMounted(string folder)
    {
        var path = Path.Combine(folder, "token");
        var text = ConfigurationFile.Read(path, "token").Trim();
        return text.Length > 0 ? new SensitiveString(text) : throw new ConfigurationException($"The token file {path} is empty.") { File = path };
    }
}
