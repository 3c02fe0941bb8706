using KubeInject.Http;

namespace KubeInject.Kubernetes.Client;

/// <summary>Reads a stream line by line into one buffer, which never grows beyond the longest line allowed.</summary>
internal sealed class LineReader(Stream stream, int longestLine)
{
    private byte[] buffer = new byte[16 * 1024];
    private int start;
    private int end;

    /// <summary>Reads a line.</summary>
    /// <returns>
    /// The line without its end, good until the next call; null where the stream ends. What stands after the last
    /// line's end was cut off, and is no line.
    /// </returns>
    /// <exception cref="ResponseTooLargeException">A line is too long.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        var searched = start;
        while (true)
        {
            var length = buffer.AsSpan(searched..end).IndexOf((byte)'\n');
            if (length >= 0)
            {
                var line = buffer.AsMemory(start..(searched + length));
                start = searched + length + 1;
                return line;
            }

            MakeRoom();
            searched = end;
            var count = await stream.ReadAsync(buffer.AsMemory(end), cancellationToken);
            if (count == 0)
                return null;
            end += count;
        }
    }

    private void MakeRoom()
    {
        if (start > 0)
        {
            buffer.AsSpan(start..end).CopyTo(buffer);
            (start, end) = (0, end - start);
        }

        if (end < buffer.Length)
            return;
        if (end >= longestLine)
            throw new ResponseTooLargeException("an event", longestLine);
        Array.Resize(ref buffer, Math.Min(buffer.Length * 2, longestLine));
    }
}
