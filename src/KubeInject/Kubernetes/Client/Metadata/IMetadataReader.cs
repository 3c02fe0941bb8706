using KubeInject.Kubernetes.Objects;

namespace KubeInject.Kubernetes.Client.Metadata;

/// <summary>Parses a streamed list of object metadata.</summary>
internal interface IMetadataReader
{
    /// <summary>The continue token; null if this is the last page. Available after the complete response was read.</summary>
    string? Continue { get; }

    /// <summary>Whether a list of complete objects is needed to confirm that the list is empty. See <see cref="ListHeader.IsUndecided"/>.</summary>
    bool IsUndecided { get; }

    /// <summary>Reads the objects that have arrived completely.</summary>
    /// <param name="bytes">The received bytes that were not consumed before.</param>
    /// <param name="isEnd">Whether the response has ended.</param>
    /// <param name="objects">Receives the objects.</param>
    /// <returns>The number of consumed bytes. The caller passes the other bytes again with the next data.</returns>
    /// <exception cref="InvalidDataException">The data are not such a list, or the response has ended before the list is complete.</exception>
    /// <exception cref="System.Text.Json.JsonException">The data are not valid JSON.</exception>
    int Read(ReadOnlySpan<byte> bytes, bool isEnd, ICollection<ObjectMetadata> objects);
}
