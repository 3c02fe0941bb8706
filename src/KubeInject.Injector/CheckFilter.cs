using System.Globalization;
using System.IO.Enumeration;
using KubeInject.Injector.Reports;
using KubeInject.Injector.Settings;
using KubeInject.Manifests;

namespace KubeInject.Injector;

/// <summary>What a check leaves out, and how much that was.</summary>
/// <param name="codes">Patterns of the codes of findings.</param>
/// <param name="paths">Patterns of manifests.</param>
/// <param name="folder">The folder that the paths of manifests are relative to; null to match paths as they were specified.</param>
internal sealed class CheckFilter(IReadOnlyList<string> codes, IReadOnlyList<string> paths, string? folder = null)
{
    private readonly SortedSet<string> excludedCodes = new(StringComparer.Ordinal);
    private int findings;
    private int manifests;

    /// <summary>What was left out until now: <c>2 findings (KI013) and 1 manifest</c>. Empty if nothing was.</summary>
    public string LeftOut => string.Join(" and ", new[]
    {
        findings == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{findings} {(findings == 1 ? "finding" : "findings")} ({string.Join(", ", excludedCodes)})"),
        manifests == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{manifests} {(manifests == 1 ? "manifest" : "manifests")}"),
    }.OfType<string>());

    /// <summary>Reads the filter from the settings.</summary>
    public static CheckFilter Read(SettingsReader settings) => new(settings.List(AllSettings.ExcludeCode) ?? [], settings.List(AllSettings.Exclude) ?? []);

    /// <summary>Reads the filter from the settings file of a repository. Its paths are relative to its folder.</summary>
    public static CheckFilter Read(SettingsFile file) =>
        new(file.Find(AllSettings.ExcludeCode.Name)?.Texts ?? [], file.Find(AllSettings.Exclude.Name)?.Texts ?? [], Path.GetDirectoryName(file.Path));

    /// <summary>Whether a finding with a code is left out.</summary>
    public bool Excludes(string code)
    {
        if (!codes.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, code)))
            return false;
        findings++;
        excludedCodes.Add(code);
        return true;
    }

    /// <summary>Whether a manifest is left out. Standard input has no path, and is never left out.</summary>
    public bool Excludes(ManifestSource manifest)
    {
        if (paths.Count == 0 || manifest.File is not { } file)
            return false;
        var path = folder is null ? file.Replace(Path.DirectorySeparatorChar, '/') : RelativePath.Of(Path.GetFullPath(file), folder);
        var names = path.Split('/');
        if (!paths.Any(pattern => pattern.Contains('/', StringComparison.Ordinal)
            ? FileSystemName.MatchesSimpleExpression(pattern, path, ignoreCase: false)
            : Array.Exists(names, name => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false))))
            return false;
        manifests++;
        return true;
    }
}
