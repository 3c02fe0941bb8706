using System.IO.Enumeration;
using KubeInject.Files;

namespace KubeInject.Manifests;

/// <summary>The source of a manifest: a file, a stream, or text in memory.</summary>
public sealed class ManifestSource
{
    /// <summary>The name of the settings file of a repository, which is not a manifest.</summary>
    internal const string SettingsFileName = ".kubeinject.yaml";

    private readonly Func<CancellationToken, Task<ManifestText>> read;

    private ManifestSource(string? file, string name, Func<CancellationToken, Task<ManifestText>> read)
    {
        File = file;
        Name = name;
        this.read = read;
    }

    /// <summary>The path as the caller specified it. Null if the source is not a file.</summary>
    public string? File { get; }

    /// <summary>The relative path of the manifest in an output folder. Empty if the source is not a file.</summary>
    public string Name { get; }

    /// <summary>Creates a source for text in memory.</summary>
    /// <param name="content">The complete text.</param>
    /// <returns>The source.</returns>
    public static ManifestSource FromText(string content) =>
        new(null, "", _ => Task.FromResult(new ManifestText(content)));

    /// <summary>Creates a source for a stream, which is read to its end.</summary>
    /// <param name="stream">A stream of UTF-8 text.</param>
    /// <returns>The source.</returns>
    public static ManifestSource FromStream(Stream stream) => new(null, "", async cancellationToken =>
    {
        using var buffer = new MemoryStream();
        await stream.CopyToAsync(buffer, cancellationToken).ConfigureAwait(false);
        return ManifestText.Decode(buffer.ToArray());
    });

    /// <summary>Creates sources for a file, the manifests in a folder (<c>*.yaml</c>, <c>*.yml</c>, <c>*.json</c>, but not <c>.kubeinject.yaml</c>), or the files that match a wildcard.</summary>
    /// <remarks>
    /// The path itself may be a link. Inside a folder, links to folders are not followed, and links to files only if their
    /// target is inside the same folder.
    /// </remarks>
    /// <param name="path">The path. If no such file exists, <c>*</c> and <c>?</c> in its last part are wildcards.</param>
    /// <param name="recurse">Whether to include subfolders. Default: false.</param>
    /// <returns>The files, in ordinal order of their paths.</returns>
    /// <exception cref="FileNotFoundException">There is no such file or folder, or no file matches the wildcard.</exception>
    public static IReadOnlyList<ManifestSource> FromPath(string path, bool recurse = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (System.IO.File.Exists(path))
            return [FromFile(path, Path.GetFileName(path))];
        if (Directory.Exists(path))
            return Files(FilesIn(path, recurse), file => Path.GetRelativePath(path, file));

        var pattern = Path.GetFileName(path);
        var folder = Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : ".";
        var matches = pattern.AsSpan().ContainsAny('*', '?') && Directory.Exists(folder)
            ? Files(Directory.EnumerateFiles(folder, pattern).Select(file => Path.Combine(Path.GetDirectoryName(path)!, Path.GetFileName(file))), file => Path.GetFileName(file))
            : [];
        return matches.Count > 0 ? matches : throw new FileNotFoundException($"There is no file or folder '{path}'. Check the path.", path);
    }

    /// <summary>Reads the manifest's text.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The text.</returns>
    /// <exception cref="ManifestException">The text is not UTF-8.</exception>
    /// <exception cref="IOException">The manifest cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The user has no permission to read the manifest.</exception>
    public Task<ManifestText> ReadAsync(CancellationToken cancellationToken) => read(cancellationToken);

    private static ManifestSource FromFile(string path, string name) => new(path, name, async cancellationToken =>
        ManifestText.Decode(await System.IO.File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false), path));

    private static List<ManifestSource> Files(IEnumerable<string> paths, Func<string, string> name) =>
        [.. paths.Order(StringComparer.Ordinal).Select(path => FromFile(path, name(path)))];

    private static IEnumerable<string> FilesIn(string folder, bool recurse)
    {
        var tree = RealPath.Of(folder);
        var options = new EnumerationOptions { RecurseSubdirectories = recurse, AttributesToSkip = 0, IgnoreInaccessible = false };
        var found = new FileSystemEnumerable<(string Path, bool IsLink)>(folder, (ref FileSystemEntry entry) => (entry.ToSpecifiedFullPath(), IsLink(ref entry)), options)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && IsManifest(entry.FileName) && !entry.FileName.SequenceEqual(SettingsFileName),
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !IsLink(ref entry),
        };

        // Reading a pipe would wait for a writer, and a broken link cannot be read.
        return found.Where(file => FileStatus.Of(file.Path) is { IsRegular: true } && (!file.IsLink || RealPath.IsIn(tree, RealPath.Of(file.Path)))).Select(file => file.Path);
    }

    private static bool IsLink(ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) != 0;

    private static bool IsManifest(ReadOnlySpan<char> name)
    {
        var extension = Path.GetExtension(name);
        return extension.Equals(".yaml", StringComparison.OrdinalIgnoreCase) || extension.Equals(".yml", StringComparison.OrdinalIgnoreCase) || extension.Equals(".json", StringComparison.OrdinalIgnoreCase);
    }
}
