using KubeInject.Credentials;
using KubeInject.Files;
using KubeInject.Http;

namespace KubeInject.Leases;

/// <summary>Stores each lease record in a file of a folder. Only the owner of the file can read it.</summary>
/// <param name="folder">The folder, which is created with the first record.</param>
/// <param name="cluster">
/// The address of the API server of the owners' cluster, which is written into each record so that clusters can share the
/// folder. Records of other clusters are ignored. Default: null, all records are returned.
/// </param>
public sealed class FileLeaseStore(string folder, string? cluster = null) : ILeaseStore
{
    private const string ClusterField = "Cluster";
    private const string Extension = ".json";

    // A hundred times the size of a typical record.
    private const int MaxRecordBytes = 100 * 1024;

    /// <summary>
    /// The default folder: <c>kubeinject/leases</c> in <c>XDG_STATE_HOME</c> (by default <c>~/.local/state</c>), or in the local
    /// application data folder on Windows.
    /// </summary>
    /// <exception cref="DirectoryNotFoundException">The user has no home folder.</exception>
    public static string DefaultFolder
    {
        get
        {
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
            var state = OperatingSystem.IsWindows()
                ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify)
                : Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } xdg && Path.IsPathRooted(xdg) ? xdg
                : home.Length > 0 ? Path.Combine(home, ".local", "state") : "";
            return state.Length > 0
                ? Path.Combine(state, "kubeinject", "leases")
                : throw new DirectoryNotFoundException("The user has no home folder for lease records. Set XDG_STATE_HOME, or specify a folder.");
        }
    }

    /// <summary>The folder of the records.</summary>
    public string Folder { get; } = folder;

    /// <summary>The address of the API server of the owners' cluster; null if records of all clusters are returned.</summary>
    public string? Cluster { get; } = cluster;

    /// <summary>The folder of the records.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => DisplayText.Escape(Folder);

    /// <inheritdoc/>
    public async Task WriteAsync(LeaseRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (record.Token is not null)
            throw new ArgumentException("A token cannot be stored in a file.", nameof(record));
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(Folder);
        else
            Directory.CreateDirectory(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var content = LeaseRecordDocument.Write(record, Cluster is null ? [] : [(ClusterField, Cluster)]);
        await AtomicFile.WriteAsync(PathOf(record.Uuid), content, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task RemoveAsync(Guid uuid, CancellationToken cancellationToken)
    {
        if (Directory.Exists(Folder))
            File.Delete(PathOf(uuid));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<LeaseRecord?> FindAsync(Guid uuid, CancellationToken cancellationToken)
    {
        var path = PathOf(uuid);
        var (record, unreadable) = await ReadAsync(Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path), cancellationToken).ConfigureAwait(false);
        return unreadable is null ? record : throw new InvalidDataException($"{unreadable}");
    }

    /// <inheritdoc/>
    public async Task<LeaseRecordList> ListAsync(CancellationToken cancellationToken)
    {
        TemporaryFile.RemoveAllAbandoned(Folder);
        var records = new List<LeaseRecord>();
        var unreadable = new List<UnreadableRecord>();
        var storedAt = new Dictionary<Guid, DateTimeOffset>();
        var entries = Directory.Exists(Folder) ? new DirectoryInfo(Folder).GetFileSystemInfos($"*{Extension}") : [];
        foreach (var entry in entries.OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            var (record, problem) = await ReadAsync(entry, cancellationToken).ConfigureAwait(false);
            if (record is not null)
            {
                records.Add(record);
                storedAt[record.Uuid] = entry.LastWriteTimeUtc;
            }

            if (problem is not null)
                unreadable.Add(problem);
        }

        return new LeaseRecordList(records) { Unreadable = unreadable, Scope = LeaseStoreScope.AnyCluster, Now = DateTimeOffset.UtcNow, StoredAt = storedAt };
    }

    /// <summary>Reads a record. Returns neither a record nor a problem if the record belongs to another cluster or was removed in the meantime.</summary>
    private async Task<(LeaseRecord? Record, UnreadableRecord? Problem)> ReadAsync(FileSystemInfo entry, CancellationToken cancellationToken)
    {
        var name = Path.GetFileNameWithoutExtension(entry.Name);
        Guid? uuid = Guid.TryParseExact(name, "D", out var parsed) && $"{parsed}" == name ? parsed : null;
        try
        {
            if (FindProblem(entry) is { } found)
                return Unreadable(found);
            var content = await File.ReadAllBytesAsync(entry.FullName, cancellationToken).ConfigureAwait(false);
            var (record, document) = LeaseRecordDocument.Read(content, uuid);
            return Cluster is null || document.Text(ClusterField) is not { } other || other == Cluster ? (record, null) : (null, null);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, null);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return Unreadable(exception.Message);
        }

        (LeaseRecord?, UnreadableRecord?) Unreadable(string reason) =>
            (null, new UnreadableRecord(entry.FullName, $"This is not a lease record. {reason} Move it out of the folder and check its content.") { Uuid = uuid });
    }

    /// <summary>Finds a reason not to open a file; null if there is none. Opening a pipe would block until another process writes to it.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    private static string? FindProblem(FileSystemInfo entry) =>
        !entry.Exists && entry.LinkTarget is null ? throw new FileNotFoundException()
        : entry.LinkTarget is not null ? "It is a link, which is not followed."
        : entry is not FileInfo file ? "It is a folder."
        : file.Length == 0 ? "It is empty, or a pipe or a device." // all have the length 0
        : file.Length > MaxRecordBytes ? $"It is longer than {MaxRecordBytes} bytes."
        : null;

    private string PathOf(Guid uuid) => Path.Combine(Folder, $"{uuid}{Extension}");
}
