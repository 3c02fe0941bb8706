using System.Text.Json;
using System.Text.Json.Serialization;

namespace KubeInject.Leases;

/// <summary>Keeps lease records as files of a folder, one a lease, readable by their owner alone.</summary>
/// <param name="folder">The folder; made when the first record is written.</param>
public sealed class FileLeaseStore(string folder) : ILeaseStore
{
    /// <summary>
    /// Where records are kept by default: <c>kubeinject/leases</c> under <c>XDG_STATE_HOME</c> (by default
    /// <c>~/.local/state</c>), or under the local application data on Windows.
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
                : throw new DirectoryNotFoundException("There is no home folder to keep lease records in. Set XDG_STATE_HOME, or name a folder.");
        }
    }

    /// <summary>The folder.</summary>
    public string Folder { get; } = folder;

    /// <inheritdoc/>
    public async Task WriteAsync(LeaseRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (record.Token is not null)
            throw new ArgumentException("A token is not kept in a file.", nameof(record));
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(Folder);
        else
            Directory.CreateDirectory(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var content = JsonSerializer.SerializeToUtf8Bytes(record, LeaseRecordJson.Default.LeaseRecord);
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
        var file = PathOf(uuid);
        return File.Exists(file) ? await ReadAsync(file, cancellationToken).ConfigureAwait(false) : null;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LeaseRecord>> ListAsync(CancellationToken cancellationToken)
    {
        var records = new List<LeaseRecord>();
        var files = Directory.Exists(Folder) ? Directory.GetFiles(Folder, "*.json") : [];
        foreach (var file in files.Order(StringComparer.Ordinal))
            records.Add(await ReadAsync(file, cancellationToken).ConfigureAwait(false));
        return records;
    }

    private static async Task<LeaseRecord> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            var content = await File.ReadAllBytesAsync(file, cancellationToken).ConfigureAwait(false);
            return JsonSerializer.Deserialize(content, LeaseRecordJson.Default.LeaseRecord)!;
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{file}: This is no lease record. Move it out of the folder and look at it.", exception);
        }
    }

    private string PathOf(Guid uuid) => Path.Combine(Folder, $"{uuid}.json");
}

[JsonSourceGenerationOptions(WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LeaseRecord))]
internal sealed partial class LeaseRecordJson : JsonSerializerContext;
