using System.Runtime.CompilerServices;
using KubeInject.Annotations;
using KubeInject.Manifests;

namespace KubeInject.Completion;

/// <summary>Suggestions from manifests.</summary>
internal static class ManifestSuggestions
{
    /// <summary>Gets the databases that the pods of manifests request.</summary>
    /// <param name="paths">Files and folders. Manifests that cannot be parsed are skipped.</param>
    /// <param name="recurse">Whether to include subfolders.</param>
    /// <param name="cancellationToken">Stops between two files.</param>
    /// <returns>The databases, grouped by file.</returns>
    public static async IAsyncEnumerable<DatabaseInjection> DatabasesAsync(
        IEnumerable<string> paths, bool recurse, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        foreach (var manifest in paths.SelectMany(path => ManifestSource.FromPath(path, recurse)))
        {
            var text = await manifest.ReadAsync(cancellationToken).ConfigureAwait(false);
            foreach (var database in DatabasesOf(text))
                yield return database;
        }
    }

    internal static IReadOnlyList<DatabaseInjection> DatabasesOf(ManifestText text)
    {
        var options = InjectionOptions.Read(null, null, Environment.GetEnvironmentVariable);
        try
        {
            return [.. Manifest.Parse(text).Documents.SelectMany(document => document.PodTemplates).SelectMany(pod => pod.ReadInjection(options).Databases)];
        }
        catch (ManifestException)
        {
            return [];
        }
    }
}
