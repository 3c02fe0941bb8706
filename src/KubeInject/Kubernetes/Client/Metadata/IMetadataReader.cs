using KubeInject.Kubernetes.Objects;

namespace KubeInject.Kubernetes.Client.Metadata;

/// <summary>Reads a list of objects' metadata, as much of it as has arrived.</summary>
internal interface IMetadataReader
{
    /// <summary>Where the list goes on; null where this is all of it. Known when all of the answer was read.</summary>
    string? Continue { get; }

    /// <summary>Whether only a list of the whole objects can tell that there are none; see <see cref="ListHeader.IsUndecided"/>.</summary>
    bool IsUndecided { get; }

    /// <summary>Reads what is whole.</summary>
    /// <param name="bytes">What has arrived and was not read yet.</param>
    /// <param name="isEnd">Whether no more comes.</param>
    /// <param name="objects">Takes the objects.</param>
    /// <returns>How many bytes were read; the others have to come again, with more behind them.</returns>
    /// <exception cref="InvalidDataException">This is no such list, or only the beginning of one, and no more comes.</exception>
    /// <exception cref="System.Text.Json.JsonException">The same, of JSON.</exception>
    int Read(ReadOnlySpan<byte> bytes, bool isEnd, ICollection<ObjectMetadata> objects);
}
