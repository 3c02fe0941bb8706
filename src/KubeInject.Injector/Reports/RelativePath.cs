namespace KubeInject.Injector.Reports;

/// <summary>Paths as reports name them, the same on every machine.</summary>
internal static class RelativePath
{
    /// <summary>The path from a folder, with slashes.</summary>
    public static string Of(string file, string folder) =>
        Path.GetRelativePath(folder, Path.GetFullPath(file, folder)).Replace(Path.DirectorySeparatorChar, '/');

    /// <summary>Whether a path leads out of the folder that it starts from.</summary>
    public static bool LeadsOut(string relative) => relative == ".." || relative.StartsWith("../", StringComparison.Ordinal) || Path.IsPathRooted(relative);
}
