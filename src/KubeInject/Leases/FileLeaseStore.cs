using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using KubeInject.Kubernetes;

namespace KubeInject.Leases;

/// <summary>Keeps lease records as files of a folder, one a lease, readable by their owner alone.</summary>
/// <param name="folder">The folder; made when the first record is written.</param>
/// <param name="cluster">
/// The cluster that the owners of the leases live in, as its server's address: written into each record, so that clusters
/// can share the folder. Then only its own records are seen, and those that name none. Default: null, none, and all are seen.
/// </param>
public sealed class FileLeaseStore(string folder, string? cluster = null) : ILeaseStore
{
    private const string ClusterField = "Cluster";
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

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

    /// <summary>The cluster that the owners of the leases live in; null for none in particular.</summary>
    public string? Cluster { get; } = cluster;

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
        var json = (JsonObject)JsonSerializer.SerializeToNode(record, LeaseRecordJson.Default.LeaseRecord)!;
        if (Cluster is not null)
            json[ClusterField] = Cluster;
        var content = Encoding.UTF8.GetBytes(json.ToJsonString(Format));
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
        {
            if (await ReadAsync(file, cancellationToken).ConfigureAwait(false) is { } record)
                records.Add(record);
        }

        return records;
    }

    /// <summary>The record; null where it is another cluster's, or was removed just now.</summary>
    private async Task<LeaseRecord?> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            var content = await File.ReadAllBytesAsync(file, cancellationToken).ConfigureAwait(false);
            using var document = JsonDocument.Parse(content);
            return Cluster is null || document.RootElement.Text(ClusterField) is not { } other || other == Cluster
                ? document.RootElement.Deserialize(LeaseRecordJson.Default.LeaseRecord) ?? throw new JsonException()
                : null;
        }
        catch (FileNotFoundException)
        {
            return null;
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
