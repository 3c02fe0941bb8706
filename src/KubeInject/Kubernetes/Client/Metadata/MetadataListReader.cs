using System.Runtime.CompilerServices;
using System.Text.Json;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Kubernetes.Client.Metadata;

/// <summary>Reads a list of object metadata as a stream. The list is not kept in memory.</summary>
/// <param name="channel">The connection.</param>
/// <param name="resource">The resource to list.</param>
/// <param name="path">The path of the list, with the selectors in the query.</param>
/// <param name="query">The page size, the cache option and the progress.</param>
internal sealed class MetadataListReader(ApiChannel channel, KubeResource resource, string path, KubeQuery query)
{
    private const int InitialBufferSize = 256 * 1024;

    // Large enough to make the overhead per batch negligible; about 1 MB of the response.
    private const int BatchSize = 256;

    private byte[] buffer = new byte[InitialBufferSize];

    /// <summary>Lists the objects in batches, each object once.</summary>
    public async IAsyncEnumerable<IReadOnlyList<ObjectMetadata>> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var limits = new ListLimits(channel.Failures, channel.Policy.Limits, path);
        var newSinceRestart = true;
        var done = 0L;
        var isFullObjects = false;
        string? next = null;
        while (true)
        {
            ApiStream stream;
            var start = channel.Policy.Clock.GetTimestamp();
            try
            {
                stream = await OpenAsync(next, isFullObjects, cancellationToken).ConfigureAwait(false);
            }
            catch (KubeApiException e) when (e.StatusCode == 410 && next is not null && newSinceRestart)
            {
                // As in ListPager: the continue token has expired, so the list restarts.
                limits.Restart(e);
                next = null;
                newSinceRestart = false;
                continue;
            }

            var openTime = channel.Policy.Clock.GetElapsedTime(start);
            await using (stream)
            {
                IMetadataReader reader = stream.MediaType == ProtobufMetadataReader.MediaType
                    ? new ProtobufMetadataReader(resource, channel.Failures.Server)
                    : new JsonMetadataReader(resource, isFullObjects, channel.Failures.Server);
                var isEmpty = true;
                await foreach (var batch in ReadAsync(stream, reader, cancellationToken).ConfigureAwait(false))
                {
                    limits.AddObjects(batch.Count);
                    isEmpty &= batch.Count == 0;
                    batch.RemoveAll(found => !string.IsNullOrEmpty(found.Uid) && !seen.Add(found.Uid));
                    newSinceRestart |= batch.Count > 0;
                    if (batch.Count == 0)
                        continue;
                    done += batch.Count;
                    query.Progress?.Report(new ListProgress(done, null, IsComplete: false));
                    yield return batch;
                }

                if (reader.IsUndecided)
                {
                    isFullObjects = true;
                    continue;
                }

                limits.AddPage(next, reader.Continue, isEmpty, openTime + stream.Waited);
                next = reader.Continue;
            }

            if (next is null)
            {
                query.Progress?.Report(new ListProgress(done, done, IsComplete: true));
                yield break;
            }
        }
    }

    private async Task<ApiStream> OpenAsync(string? next, bool isFullObjects, CancellationToken cancellationToken)
    {
        var parameters = next is not null ? $"&continue={Uri.EscapeDataString(next)}" : query.FromCache ? "&resourceVersion=0" : "";
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        var request = ApiRequest.Get($"{path}{separator}limit={query.PageSize}{parameters}");
        try
        {
            return await channel.OpenAsync(isFullObjects ? request : request with { Accept = ApiRequest.MetadataList }, cancellationToken).ConfigureAwait(false);
        }
        catch (KubeApiException e) when (!e.IsExplained)
        {
            // The server also encodes errors in protobuf. Request JSON to get a readable error.
            return await channel.OpenAsync(isFullObjects ? request : request with { Accept = ApiRequest.JsonMetadataList }, cancellationToken).ConfigureAwait(false);
        }
    }

    private async IAsyncEnumerable<List<ObjectMetadata>> ReadAsync(ApiStream stream, IMetadataReader reader, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (start, end) = (0, 0);
        var batch = new List<ObjectMetadata>(BatchSize);
        while (true)
        {
            var count = await stream.ReadAsync(buffer.AsMemory(end), cancellationToken).ConfigureAwait(false);
            end += count;
            start += Read(stream, reader, buffer.AsSpan(start..end), isEnd: count == 0, batch);
            if (batch.Count >= BatchSize || count == 0)
            {
                yield return batch;
                batch = new List<ObjectMetadata>(BatchSize);
            }

            if (count == 0)
                yield break;
            EnsureFreeSpace(stream, ref start, ref end);
        }
    }

    private int Read(ApiStream stream, IMetadataReader reader, ReadOnlySpan<byte> bytes, bool isEnd, List<ObjectMetadata> batch)
    {
        try
        {
            return reader.Read(bytes, isEnd, batch);
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or InvalidOperationException)
        {
            // Messages of the JSON parser quote the response.
            var what = e is WrongDocumentException or InvalidDataException ? e.Message : $"{stream.MediaType ?? "data"} that is not JSON";
            throw channel.Failures.WrongDocument(stream.Path, what, $"{DocumentType.ListOf(resource)}");
        }
    }

    private void EnsureFreeSpace(ApiStream stream, ref int start, ref int end)
    {
        if (start == end)
            (start, end) = (0, 0);
        if (end < buffer.Length)
            return;
        if (start > 0)
        {
            buffer.AsSpan(start..end).CopyTo(buffer);
            (start, end) = (0, end - start);
        }
        else if (buffer.Length >= channel.Policy.Limits.MaxObjectBytes)
        {
            throw channel.Failures.LimitExceeded(stream.Path, $"an object is larger than {buffer.Length >> 20} MiB");
        }
        else
        {
            Array.Resize(ref buffer, buffer.Length * 2);
        }
    }
}
