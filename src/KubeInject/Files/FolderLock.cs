namespace KubeInject.Files;

/// <summary>
/// Locks a folder against other processes of KubeInject. The lock ends with the process and leaves no file. On Windows
/// and on some network file systems there is no such lock, and nothing is locked.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    private readonly int descriptor;

    private FolderLock(int descriptor) => this.descriptor = descriptor;

    /// <summary>Acquires the lock; waits while another process has it.</summary>
    public static FolderLock Take(string folder) => new(OperatingSystem.IsWindows() ? -1 : NativeFile.Lock(folder));

    public void Dispose()
    {
        if (descriptor >= 0)
            NativeFile.Close(descriptor);
    }
}
