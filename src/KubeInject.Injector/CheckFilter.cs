using System.IO.Enumeration;
using KubeInject.Injector.Settings;
using KubeInject.Manifests;

namespace KubeInject.Injector;

/// <summary>What a check leaves out.</summary>
/// <param name="codes">Patterns of the codes of findings.</param>
/// <param name="paths">Patterns of manifests.</param>
internal sealed class CheckFilter(IReadOnlyList<string> codes, IReadOnlyList<string> paths)
{
    /// <summary>Reads the filter from the settings.</summary>
    public static CheckFilter Read(SettingsReader settings) => new(settings.List(AllSettings.ExcludeCode) ?? [], settings.List(AllSettings.Exclude) ?? []);

    /// <summary>Whether findings with a code are left out.</summary>
    public bool ExcludesCode(string code) => codes.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, code));

    /// <summary>Whether a manifest is left out. Standard input has no path, and is never left out.</summary>
    public bool Excludes(ManifestSource manifest)
    {
        if (paths.Count == 0 || manifest.File is not { } file)
            return false;
        var path = file.Replace(Path.DirectorySeparatorChar, '/');
        var names = path.Split('/');
        return paths.Any(pattern => pattern.Contains('/', StringComparison.Ordinal)
            ? FileSystemName.MatchesSimpleExpression(pattern, path, ignoreCase: false)
            : Array.Exists(names, name => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false)));
    }
}
