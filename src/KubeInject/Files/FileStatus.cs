namespace KubeInject.Files;

/// <summary>The identity and state of a file. Two values are equal if the file was not written, replaced or changed in any other way between them.</summary>
/// <remarks>
/// Complete on Linux (statx(2)). On other systems, .NET does not know device, number, owner and count of names: size and times
/// are compared only.
/// </remarks>
internal sealed record FileStatus
{
    private const ushort TypeMask = 0xF000;
    private const ushort RegularType = 0x8000;

    /// <summary>Device and inode number.</summary>
    public (uint Major, uint Minor, ulong Number) Identity { get; private init; }

    /// <summary>The owner; null if unknown.</summary>
    public uint? User { get; private init; }

    /// <summary>The group; null if unknown.</summary>
    public uint? Group { get; private init; }

    /// <summary>The number of names (hard links). Default: 1.</summary>
    public uint Links { get; private init; } = 1;

    /// <summary>Whether it is a regular file, and not a pipe, device or folder. Default: true.</summary>
    public bool IsRegular { get; private init; } = true;

    private long Size { get; init; }

    private ushort Mode { get; init; }

    private (long Seconds, long Fraction) Written { get; init; }

    // The last change of content, names or permissions.
    private (long Seconds, long Fraction) Changed { get; init; }

    /// <summary>Reads the status of the file at a path; follows links. Null if there is none.</summary>
    public static FileStatus? Of(string path)
    {
        if (OperatingSystem.IsLinux() && NativeFile.Status(path, out var isKnown) is var status && isKnown)
            return status is null ? null : OfLinux(status);
        return Target(new FileInfo(path)) is { Exists: true } file ? new FileStatus { Size = file.Length, Written = (0, file.LastWriteTimeUtc.Ticks), Changed = (0, file.CreationTimeUtc.Ticks) } : null;
    }

    private static FileInfo? Target(FileInfo file)
    {
        try
        {
            return file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo;
        }
        catch (IOException)
        {
            // The links are circular.
            return null;
        }
    }

    private static FileStatus OfLinux(byte[] status)
    {
        var mode = BitConverter.ToUInt16(status, 28);
        return new FileStatus
        {
            Links = Number(16),
            User = Number(20),
            Group = Number(24),
            Mode = mode,
            IsRegular = (mode & TypeMask) == RegularType,
            Size = BitConverter.ToInt64(status, 40),
            Changed = (BitConverter.ToInt64(status, 96), Number(104)),
            Written = (BitConverter.ToInt64(status, 112), Number(120)),
            Identity = (Number(136), Number(140), BitConverter.ToUInt64(status, 32)),
        };

        uint Number(int offset) => BitConverter.ToUInt32(status, offset);
    }
}
