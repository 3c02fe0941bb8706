using KubeInject.Http;

namespace KubeInject.Kubernetes.Configuration;

/// <summary>Common functions for kubeconfig entries: data, paths, and errors that name the entry and the file.</summary>
internal static class KubeconfigEntry
{
    public static string Decode(string base64, string source) =>
        KubeconfigBase64.TryDecode(base64) ?? throw new ConfigurationException($"The {source} is not base64.");

    public static string ReadRelative(string file, string path, string purpose) => ConfigurationFile.Read(ResolvePath(file, path), purpose);

    public static string ResolvePath(string file, string path) => Path.GetFullPath(path, Path.GetDirectoryName(Path.GetFullPath(file))!);

    public static ConfigurationException Broken(string kind, string name, string file, string reason) =>
        new($"The {kind} '{name}' in {file} {reason}.") { File = file };
}
