namespace KubeInject.Injector.Reports;

/// <summary>Converts paths to relative paths, which are the same on every machine.</summary>
internal static class RelativePath
{
    /// <summary>The path of a file relative to a folder, with slashes.</summary>
    public static string Of(string file, string folder) =>
        Path.GetRelativePath(folder, Path.GetFullPath(file, folder)).Replace(Path.DirectorySeparatorChar, '/');

    /// <summary>Whether a relative path leads out of its base folder.</summary>
    public static bool LeadsOut(string relative) => relative == ".." || relative.StartsWith("../", StringComparison.Ordinal) || Path.IsPathRooted(relative);
}
