namespace KubeInject.Http;

/// <summary>Room for one answer after the other, so that each page of a long list does not leave its size behind as garbage.</summary>
internal sealed class ResponseBuffer
{
    private byte[] bytes = new byte[16 * 1024];

    /// <summary>Reads a stream to its end.</summary>
    /// <param name="stream">The stream, decompressed.</param>
    /// <param name="limit">How many bytes it may hold.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>What it held, good until the next call.</returns>
    /// <exception cref="ResponseTooLargeException">It holds more.</exception>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(Stream stream, int limit, CancellationToken cancellationToken)
    {
        var length = 0;
        while (true)
        {
            if (length == bytes.Length)
                Array.Resize(ref bytes, length * 2L < limit ? length * 2 : limit + 1);
            var count = await stream.ReadAsync(bytes.AsMemory(length), cancellationToken).ConfigureAwait(false);
            if (count == 0)
                return bytes.AsMemory(0, length);
            length += count;
            if (length > limit)
                throw new ResponseTooLargeException("the response", limit);
        }
    }
}
