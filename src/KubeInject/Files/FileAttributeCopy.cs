namespace KubeInject.Files;

/// <summary>Copies owner, group and permissions of a file to the file that replaces it, and on Linux the extended attributes.</summary>
internal static class FileAttributeCopy
{
    // On Linux, an access control list is an extended attribute.
    private const string AccessList = "system.posix_acl_access";

    /// <summary>Copies the attributes as far as possible.</summary>
    /// <param name="from">The file that is replaced.</param>
    /// <param name="status">Its status.</param>
    /// <param name="to">The new file.</param>
    /// <returns>The attribute that could not be copied and must be kept, in one sentence; null if there is none.</returns>
    public static string? Copy(string from, FileStatus status, string to)
    {
        if (OperatingSystem.IsWindows())
            return null;
        string? lost = null;
        if (FileStatus.Of(to) is { User: { } user, Group: { } group } && (user != status.User || group != status.Group) && !NativeFile.ChangeOwner(to, status.User ?? user, status.Group ?? group))
            lost = FormattableString.Invariant($"it belongs to user {status.User} and group {status.Group}, and the new file would belong to you.");
        File.SetUnixFileMode(to, File.GetUnixFileMode(from));
        return lost ?? (OperatingSystem.IsLinux() ? CopyExtended(from, to) : null);
    }

    // Attributes of security modules may be the same already, and only the module may set them.
    private static string? CopyExtended(string from, string to)
    {
        string? lost = null;
        foreach (var name in NativeFile.Attributes(from))
        {
            var value = NativeFile.Attribute(from, name);
            if (!value.AsSpan().SequenceEqual(NativeFile.Attribute(to, name)) && !NativeFile.SetAttribute(to, name, value) && name == AccessList)
                lost = "its access control list cannot be copied.";
        }

        return lost;
    }
}
