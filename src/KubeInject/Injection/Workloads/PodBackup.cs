using KubeInject.Files;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;
using KubeInject.Manifests;

namespace KubeInject.Injection.Workloads;

/// <summary>
/// A file with the manifest of a pod. It is written before the pod is deleted and removed when there is a pod again, so that
/// the pod can be restored even if this process is killed.
/// </summary>
/// <remarks>The variables of a pod can contain passwords, so only the owner can read the file and its folder.</remarks>
internal sealed class PodBackup
{
    private PodBackup(string path) => Path = path;

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The default folder: <c>kubeinject/pods</c>, next to the default folder of lease records.</summary>
    /// <exception cref="DirectoryNotFoundException">The user has no home folder.</exception>
    private static string DefaultFolder => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(FileLeaseStore.DefaultFolder)!, "pods");

    /// <summary>The path of the backup of a pod.</summary>
    /// <param name="folder">The folder of backups; null for the default.</param>
    /// <param name="server">The pod's API server.</param>
    /// <param name="pod">The pod, with its namespace.</param>
    public static string PathOf(string? folder, Uri server, ObjectReference pod) =>
        System.IO.Path.Combine(folder ?? DefaultFolder, Uri.EscapeDataString(server.Authority), Uri.EscapeDataString($"{pod.Namespace}.{pod.Name}") + ".json");

    /// <summary>Writes the file.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The user has no permission to write it.</exception>
    public static async Task<PodBackup> WriteAsync(string path, string document, CancellationToken cancellationToken)
    {
        var folder = System.IO.Path.GetDirectoryName(path)!;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await AtomicFile.WriteAsync(path, ManifestText.Encode(document), cancellationToken).ConfigureAwait(false);
        return new PodBackup(path);
    }

    /// <summary>Deletes the file.</summary>
    public void Remove()
    {
        try
        {
            File.Delete(Path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The pod exists, and the next run overwrites the file.
        }
    }
}
