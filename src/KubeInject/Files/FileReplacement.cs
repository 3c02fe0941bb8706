namespace KubeInject.Files;

/// <summary>
/// Replaces a file by a new file in the same folder. Links, permissions, owners and folders that prevent the replacement are
/// found before anything is written. The new file is deleted unless the replacement is completed.
/// </summary>
internal sealed class FileReplacement : IDisposable
{
    // The files contain credentials or information about them.
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode AnyWrite = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private readonly string path;
    private readonly string target;
    private readonly FileStatus? status;
    private readonly TemporaryFile temporary;

    private FileReplacement(string path, string target, FileStatus? status, TemporaryFile temporary)
    {
        this.path = path;
        this.target = target;
        this.status = status;
        this.temporary = temporary;
    }

    /// <summary>Prepares the replacement of a file.</summary>
    /// <param name="path">The file. If it is a link, its target is replaced.</param>
    /// <param name="keepsAll">Whether to refuse a file that cannot keep its owner, permissions and names; if false, it keeps what it can.</param>
    /// <exception cref="IOException">The file cannot be replaced. It is unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">The user has no permission to replace the file. It is unchanged.</exception>
    public static FileReplacement Prepare(string path, bool keepsAll)
    {
        var target = RealPath.Of(path);
        var status = FileStatus.Of(target);
        if (keepsAll && status is not null)
            Check(path, target, status);
        TemporaryFile.RemoveAbandoned(Path.GetDirectoryName(target)!);
        var temporary = CreateTemporary(path, target);
        try
        {
            if (status is not null && FileAttributeCopy.Copy(target, status, temporary.Path) is { } lost && keepsAll)
                throw new IOException($"{path} cannot be replaced without losing attributes: {lost} Run the command as its owner, or write the result into a folder.");
            return new FileReplacement(path, target, status, temporary);
        }
        catch
        {
            temporary.Dispose();
            throw;
        }
    }

    /// <summary>Writes the new content to the temporary file.</summary>
    public Task WriteAsync(byte[] content, CancellationToken cancellationToken) => temporary.WriteAsync(content, cancellationToken);

    /// <summary>Replaces the file, even if it has changed in the meantime.</summary>
    public void Complete() => temporary.MoveTo(target);

    /// <summary>Replaces the file unless it has changed since <see cref="Prepare"/>.</summary>
    /// <param name="original">The content of the file when it was read; null for a file that was not read.</param>
    /// <exception cref="IOException">The file was changed, replaced, created or deleted in the meantime. It is not replaced.</exception>
    public void CompleteUnlessChanged(byte[]? original)
    {
        // Prevents other processes of KubeInject from checking and replacing at the same time.
        using var folderLock = FolderLock.Take(Path.GetDirectoryName(target)!);
        if (FileStatus.Of(target) != status || (original is not null && !File.ReadAllBytes(target).AsSpan().SequenceEqual(original)))
            throw new IOException($"{path} was changed by another program in the meantime and was not replaced. Run the command again.");
        temporary.MoveTo(target);
    }

    public void Dispose() => temporary.Dispose();

    private static TemporaryFile CreateTemporary(string path, string target)
    {
        try
        {
            return TemporaryFile.Create(target, OwnerOnly);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new UnauthorizedAccessException($"{path} cannot be written: its folder {Path.GetDirectoryName(target)} is not writable for you. Change the folder's permissions, or choose another folder.", exception);
        }
    }

    private static void Check(string path, string target, FileStatus status)
    {
        if (!status.IsRegular)
            throw new IOException($"{path} is not a regular file, and cannot be replaced. Write the result into a folder.");
        if (status.Links > 1)
            throw new IOException($"{path} has {status.Links} names (hard links), and the others would keep the old content. Remove the other names, or write the result into a folder.");
        if (OperatingSystem.IsWindows() ? File.GetAttributes(target).HasFlag(FileAttributes.ReadOnly) : (File.GetUnixFileMode(target) & AnyWrite) == 0 || (OperatingSystem.IsLinux() && !NativeFile.CanWrite(target)))
            throw new UnauthorizedAccessException($"{path} is read-only. Make it writable, or write the result into a folder.");
    }
}
