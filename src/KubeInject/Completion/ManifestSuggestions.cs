using System.Runtime.CompilerServices;
using KubeInject.Annotations;
using KubeInject.Manifests;

namespace KubeInject.Completion;

/// <summary>What manifests have that a user may be about to name.</summary>
public static class ManifestSuggestions
{
    /// <summary>What the pods of manifests ask for.</summary>
    /// <param name="paths">Files and folders. What cannot be read is passed over.</param>
    /// <param name="recurse">Whether folders below count.</param>
    /// <param name="cancellationToken">Ends it, between two files.</param>
    /// <returns>The databases, file by file.</returns>
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
        try
        {
            return [.. Manifest.Parse(text).Documents.SelectMany(document => document.PodTemplates).SelectMany(pod => pod.ReadInjection(InjectionOptions.Default).Databases)];
        }
        catch (ManifestException)
        {
            return [];
        }
    }
}
