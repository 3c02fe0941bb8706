namespace KubeInject.Files;

/// <summary>Resolves all links in a path.</summary>
internal static class RealPath
{
    // The limit of the Linux kernel.
    private const int MaxLinks = 40;

    /// <summary>Resolves the links in a path. Parts that do not exist stay as they are.</summary>
    /// <exception cref="IOException">The links are circular.</exception>
    public static string Of(string path)
    {
        var full = Path.GetFullPath(path);
        var resolved = Path.GetPathRoot(full)!;
        var steps = new Stack<string>();
        Push(steps, full[resolved.Length..]);
        var links = 0;
        while (steps.TryPop(out var step))
        {
            if (step == "..")
            {
                resolved = Path.GetDirectoryName(resolved) ?? resolved;
                continue;
            }

            var next = Path.Combine(resolved, step);
            if (new FileInfo(next).LinkTarget is not { } link)
            {
                resolved = next;
                continue;
            }

            if (++links > MaxLinks)
                throw new IOException($"{path}: Its links are circular.");
            var root = Path.GetPathRoot(link) ?? "";
            resolved = root.Length > 0 ? root : resolved;
            Push(steps, link[root.Length..]);
        }

        return resolved;
    }

    /// <summary>Returns whether a resolved path is a resolved folder or is inside it.</summary>
    public static bool IsIn(string realFolder, string realPath) =>
        realPath == realFolder || realPath.StartsWith(Path.EndsInDirectorySeparator(realFolder) ? realFolder : realFolder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static void Push(Stack<string> steps, string path)
    {
        foreach (var step in path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries).Where(step => step != ".").Reverse())
            steps.Push(step);
    }
}
