using KubeInject.Http;

namespace KubeInject.Kubernetes.Configuration;

/// <summary>What the entries of a kubeconfig have in common: data, paths, and errors that name entry and file.</summary>
internal static class KubeconfigEntry
{
    public static string Decode(string base64, string source) =>
        KubeconfigBase64.TryDecode(base64) ?? throw new ConfigurationException($"The {source} is not base64.");

    public static string ReadBeside(string file, string path, string purpose) => ConfigurationFile.Read(Beside(file, path), purpose);

    public static string Beside(string file, string path) => Path.GetFullPath(path, Path.GetDirectoryName(Path.GetFullPath(file))!);

    public static ConfigurationException Broken(string kind, string name, string file, string reason) =>
        new($"The {kind} '{name}' in {file} {reason}.") { File = file };
}
