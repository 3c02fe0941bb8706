using KubeInject.Files;
using KubeInject.Manifests;

namespace KubeInject.Injector.Settings;

/// <summary>Finds the settings file that a repository has for checks of its manifests: <c>.kubeinject.yaml</c> in the folder of a manifest, or in the next folder above it.</summary>
/// <remarks>
/// The author of the manifests can write this file, who might not be trusted. It can therefore only leave something out of a
/// check, and specify names in annotations; it cannot specify servers, credentials or sources. Only checks read it. The search
/// ends at the root of the repository, or, if there is none, at the current folder: folders above belong to other users.
/// </remarks>
/// <param name="currentFolder">The absolute path of the current folder.</param>
internal sealed class RepositorySettings(string currentFolder)
{
    private readonly Dictionary<string, SettingsFile?> files = new(StringComparer.Ordinal);

    /// <summary>Returns the settings file of a manifest; null if there is none. Standard input has the file of the current folder.</summary>
    /// <exception cref="SettingException">The file cannot be read, is a link, or has a setting that is not allowed.</exception>
    public SettingsFile? Of(ManifestSource manifest)
    {
        var folder = manifest.File is { } file ? Path.GetDirectoryName(Path.GetFullPath(file, currentFolder))! : currentFolder;
        if (!files.TryGetValue(folder, out var found))
        {
            var path = FoldersOf(folder).Select(above => Path.Combine(above, ManifestSource.SettingsFileName)).FirstOrDefault(File.Exists);
            found = path is null ? null : files.Values.FirstOrDefault(known => known?.Path == path) ?? Read(path);
            files.Add(folder, found);
        }

        return found;
    }

    private static SettingsFile Read(string path)
    {
        // The errors of a link would show parts of a file that the author of the link cannot read.
        if (new FileInfo(path).LinkTarget is not null || FileStatus.Of(path) is not { IsRegular: true })
            throw new SettingException($"The settings file {path} is not a regular file. Replace it with a file, or delete it.");
        return SettingsFile.Read(path, [.. AllSettings.OfChecks, .. AllSettings.OfAnnotations]);
    }

    private IEnumerable<string> FoldersOf(string folder)
    {
        var folders = new List<string>();
        for (var above = folder; above is not null; above = Path.GetDirectoryName(above))
            folders.Add(above);
        var root = folders.FindIndex(above => Path.Exists(Path.Combine(above, ".git")));
        return folders.Take(1 + Math.Max(0, root < 0 ? folders.IndexOf(currentFolder) : root));
    }
}
