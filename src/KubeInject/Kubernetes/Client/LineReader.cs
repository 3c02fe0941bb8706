using KubeInject.Http;

namespace KubeInject.Kubernetes.Client;

/// <summary>Reads a stream line by line. The buffer does not grow beyond the maximum line length.</summary>
internal sealed class LineReader(Stream stream, int maxLineLength)
{
    private byte[] buffer = new byte[16 * 1024];
    private int start;
    private int end;

    /// <summary>Reads a line.</summary>
    /// <returns>
    /// The line without its line break, which is valid until the next call; null at the end of the stream. Data after the last
    /// line break are incomplete and are ignored.
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

            EnsureFreeSpace();
            searched = end;
            var count = await stream.ReadAsync(buffer.AsMemory(end), cancellationToken).ConfigureAwait(false);
            if (count == 0)
                return null;
            end += count;
        }
    }

    private void EnsureFreeSpace()
    {
        if (start > 0)
        {
            buffer.AsSpan(start..end).CopyTo(buffer);
            (start, end) = (0, end - start);
        }

        if (end < buffer.Length)
            return;
        if (end >= maxLineLength)
            throw new ResponseTooLargeException("an event", maxLineLength);
        Array.Resize(ref buffer, Math.Min(buffer.Length * 2, maxLineLength));
    }
}
