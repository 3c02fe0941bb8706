using System.Runtime.InteropServices;
using System.Text;

namespace KubeInject.Files;

/// <summary>File functions of the C library that .NET does not have.</summary>
internal static class NativeFile
{
    private const int Interrupted = 4;
    private const int CurrentFolder = -100;

    /// <summary>statx(2), on Linux only.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isKnown">False if the call is not available, as with old versions of musl and of container runtimes.</param>
    /// <returns>The bytes of <c>struct statx</c>; null if there is no such file.</returns>
    public static byte[]? Status(string path, out bool isKnown)
    {
        const int NotPermitted = 1;
        const int NotImplemented = 38;
        const uint BasicStatus = 0x7FF;
        var buffer = new byte[256];
        try
        {
            isKnown = statx(CurrentFolder, Text(path), 0, BasicStatus, buffer) == 0;
            if (isKnown)
                return buffer;
            isKnown = Marshal.GetLastPInvokeError() is not (NotPermitted or NotImplemented);
        }
        catch (EntryPointNotFoundException)
        {
            isKnown = false;
        }

        return null;
    }

    /// <summary>faccessat(2) of Linux: returns whether this process may write a file.</summary>
    public static bool CanWrite(string path)
    {
        const int Write = 2;
        const int ByEffectiveUser = 0x200;
        return faccessat(CurrentFolder, Text(path), Write, ByEffectiveUser) == 0;
    }

    /// <summary>chown(2).</summary>
    /// <returns>Whether the call succeeded.</returns>
    public static bool ChangeOwner(string path, uint user, uint group) => chown(Text(path), user, group) == 0;

    /// <summary>listxattr(2) of Linux: gets the names of the extended attributes.</summary>
    public static string[] Attributes(string path) =>
        Encoding.UTF8.GetString(Read((buffer, size) => listxattr(Text(path), buffer, size))).Split('\0', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>getxattr(2): gets the value of an extended attribute; empty if there is none.</summary>
    public static byte[] Attribute(string path, string name) => Read((buffer, size) => getxattr(Text(path), Text(name), buffer, size));

    /// <summary>setxattr(2).</summary>
    /// <returns>Whether the call succeeded.</returns>
    public static bool SetAttribute(string path, string name, byte[] value) => setxattr(Text(path), Text(name), value, (nuint)value.Length, 0) == 0;

    /// <summary>open(2) and flock(2) of a folder; waits while another process has the lock.</summary>
    /// <returns>The descriptor; negative if the folder cannot be opened.</returns>
    public static int Lock(string folder)
    {
        const int Exclusive = 2;
        var closeOnExec = OperatingSystem.IsLinux() ? 0x80000 : 0x1000000;
        var descriptor = open(Text(folder), closeOnExec);
        if (descriptor >= 0)
        {
            while (flock(descriptor, Exclusive) != 0 && Marshal.GetLastPInvokeError() == Interrupted)
                continue;
        }

        return descriptor;
    }

    /// <summary>close(2), which also ends a lock.</summary>
    public static void Close(int descriptor) => _ = close(descriptor);

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text + '\0');

    private static byte[] Read(Func<byte[], nuint, nint> read)
    {
        var size = read([], 0);
        var buffer = new byte[Math.Max(0, size)];
        var count = size > 0 ? read(buffer, (nuint)buffer.Length) : 0;
        return count > 0 ? buffer[..(int)count] : [];
    }

#pragma warning disable IDE1006 // Names of C functions.
    [DllImport("libc", SetLastError = true)]
    private static extern int statx(int folder, byte[] path, int flags, uint mask, byte[] buffer);

    [DllImport("libc")]
    private static extern int faccessat(int folder, byte[] path, int mode, int flags);

    [DllImport("libc")]
    private static extern int chown(byte[] path, uint user, uint group);

    [DllImport("libc")]
    private static extern nint listxattr(byte[] path, byte[] names, nuint size);

    [DllImport("libc")]
    private static extern nint getxattr(byte[] path, byte[] name, byte[] value, nuint size);

    [DllImport("libc")]
    private static extern int setxattr(byte[] path, byte[] name, byte[] value, nuint size, int flags);

    [DllImport("libc")]
    private static extern int open(byte[] path, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int flock(int descriptor, int operation);

    [DllImport("libc")]
    private static extern int close(int descriptor);
#pragma warning restore IDE1006
}
