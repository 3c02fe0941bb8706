using System.Runtime.CompilerServices;
using System.Text.Json;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Kubernetes.Client.Metadata;

/// <summary>Reads a list of objects' metadata as it arrives; memory follows what is under way, not the list.</summary>
/// <param name="channel">Where to ask.</param>
/// <param name="resource">The resource to list.</param>
/// <param name="path">The path of the list, with whatever selects in its query.</param>
/// <param name="query">How to ask.</param>
internal sealed class MetadataListReader(ApiChannel channel, KubeResource resource, string path, KubeQuery query)
{
    private const int FirstRoom = 256 * 1024;

    // Enough that handing them over costs nothing beside making them; about a megabyte of what is sent.
    private const int Batch = 256;

    private byte[] buffer = new byte[FirstRoom];

    /// <summary>Lists the objects, each once, as many at a time as have arrived.</summary>
    public async IAsyncEnumerable<IReadOnlyList<ObjectMetadata>> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var limits = new ListLimits(channel.Failures, channel.Policy.Limits, path);
        var newSinceRestart = true;
        var done = 0L;
        var isWhole = false;
        string? next = null;
        while (true)
        {
            ApiStream stream;
            var start = channel.Policy.Clock.GetTimestamp();
            try
            {
                stream = await OpenAsync(next, isWhole, cancellationToken);
            }
            catch (KubeApiException e) when (e.StatusCode == 410 && next is not null && newSinceRestart)
            {
                // As in ListPager: the continuation has expired, so the list starts again.
                limits.Restart(e);
                next = null;
                newSinceRestart = false;
                continue;
            }

            var opened = channel.Policy.Clock.GetElapsedTime(start);
            await using (stream)
            {
                IMetadataReader reader = stream.MediaType == ProtobufMetadataReader.MediaType
                    ? new ProtobufMetadataReader(resource, channel.Failures.Server)
                    : new JsonMetadataReader(resource, isWhole, channel.Failures.Server);
                var isEmpty = true;
                await foreach (var batch in ReadAsync(stream, reader, cancellationToken))
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
                    isWhole = true;
                    continue;
                }

                limits.AddPage(next, reader.Continue, isEmpty, opened + stream.Waited);
                next = reader.Continue;
            }

            if (next is null)
            {
                query.Progress?.Report(new ListProgress(done, done, IsComplete: true));
                yield break;
            }
        }
    }

    private async Task<ApiStream> OpenAsync(string? next, bool isWhole, CancellationToken cancellationToken)
    {
        var parameters = next is not null ? $"&continue={Uri.EscapeDataString(next)}" : query.FromCache ? "&resourceVersion=0" : "";
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        var request = ApiRequest.Get($"{path}{separator}limit={query.PageSize}{parameters}");
        try
        {
            return await channel.OpenAsync(isWhole ? request : request with { Accept = ApiRequest.MetadataList }, cancellationToken);
        }
        catch (KubeApiException e) when (!e.IsExplained)
        {
            // Who is asked for protobuf says no in protobuf as well. In JSON the reason is understood.
            return await channel.OpenAsync(isWhole ? request : request with { Accept = ApiRequest.JsonMetadataList }, cancellationToken);
        }
    }

    private async IAsyncEnumerable<List<ObjectMetadata>> ReadAsync(ApiStream stream, IMetadataReader reader, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (start, end) = (0, 0);
        var batch = new List<ObjectMetadata>(Batch);
        while (true)
        {
            var count = await stream.ReadAsync(buffer.AsMemory(end), cancellationToken);
            end += count;
            start += Read(stream, reader, buffer.AsSpan(start..end), isEnd: count == 0, batch);
            if (batch.Count >= Batch || count == 0)
            {
                yield return batch;
                batch = new List<ObjectMetadata>(Batch);
            }

            if (count == 0)
                yield break;
            MakeRoom(stream, ref start, ref end);
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
            // What another reader says of its text quotes it.
            var what = e is WrongDocumentException or InvalidDataException ? e.Message : $"{stream.MediaType ?? "data"} that is not JSON";
            throw channel.Failures.WrongDocument(stream.Path, what, $"{DocumentType.ListOf(resource)}");
        }
    }

    private void MakeRoom(ApiStream stream, ref int start, ref int end)
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
