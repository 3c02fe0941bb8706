using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace KubeInject.Files;

/// <summary>
/// A temporary file in the folder of the file that it replaces. The process that writes it locks it. A temporary file without a lock was left
/// by a process that was killed, and the next process deletes it.
/// </summary>
internal sealed partial class TemporaryFile : IDisposable
{
    // The codes of IOException if another process has locked the file. On other systems than Windows, they are values of errno.
    private const int SharingViolation = unchecked((int)0x80070020);
    private const int WouldBlockOnLinux = 11;
    private const int WouldBlockOnMacOS = 35;

    private static readonly ConcurrentDictionary<string, bool> Visited = new(StringComparer.Ordinal);

    private readonly FileStream stream;
    private bool isMoved;

    private TemporaryFile(string path, FileStream stream)
    {
        Path = path;
        this.stream = stream;
    }

    public string Path { get; }

    /// <summary>Creates and locks a temporary file.</summary>
    /// <param name="target">The file that it replaces.</param>
    /// <param name="mode">Its permissions; no effect on Windows.</param>
    public static TemporaryFile Create(string target, UnixFileMode mode)
    {
        // Windows can move an open file only if it is shared for deletion. On other systems, sharing for reading means a shared lock:
        // the file can be read when it has been moved, but RemoveAllAbandoned, which needs an exclusive lock, keeps it.
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.Read | FileShare.Delete };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = mode;
        while (true)
        {
            var path = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(target)!, $".{System.IO.Path.GetFileName(target)}.{Guid.NewGuid():n}.tmp");
            var stream = Open(path, options);

            // Another process may have deleted it before it was locked.
            if (stream is not null && File.Exists(path))
                return new TemporaryFile(path, stream);
            stream?.Dispose();
        }
    }

    /// <summary>Deletes the temporary files that killed processes left in a folder, once in this process.</summary>
    public static void RemoveAbandoned(string folder)
    {
        if (Visited.TryAdd(folder, true))
            RemoveAllAbandoned(folder);
    }

    /// <summary>Deletes the temporary files that killed processes left in a folder, as far as it can.</summary>
    public static void RemoveAllAbandoned(string folder)
    {
        if (!Directory.Exists(folder))
            return;
        foreach (var path in Directory.EnumerateFiles(folder, ".*.tmp").Where(path => Name().IsMatch(System.IO.Path.GetFileName(path)) && FileStatus.Of(path)?.IsRegular != false).ToList())
        {
            try
            {
                using var locked = new FileStream(path, new FileStreamOptions { Access = FileAccess.ReadWrite, Share = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None });
                File.Delete(path);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Its process still runs, or it belongs to another user.
            }
        }
    }

    public async Task WriteAsync(byte[] content, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(content, cancellationToken).ConfigureAwait(false);
        stream.Flush(flushToDisk: true);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Moves the file to the target, which is replaced if it exists.</summary>
    public void MoveTo(string target)
    {
        File.Move(Path, target, overwrite: true);
        isMoved = true;
    }

    public void Dispose()
    {
        try
        {
            if (!isMoved)
                File.Delete(Path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // An exception here would hide an earlier one. The next process deletes the file.
        }

        stream.Dispose();
    }

    /// <summary>Creates and locks a file; null if another process has locked it first.</summary>
    private static FileStream? Open(string path, FileStreamOptions options)
    {
        try
        {
            return new FileStream(path, options);
        }
        catch (IOException exception) when (exception.HResult is SharingViolation or WouldBlockOnLinux or WouldBlockOnMacOS)
        {
            return null;
        }
    }

    // The name of another file, and a UUID without dashes.
    [GeneratedRegex(@"\A\..+\.[0-9a-f]{32}\.tmp\z", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Name();
}
