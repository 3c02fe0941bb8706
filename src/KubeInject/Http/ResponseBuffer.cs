namespace KubeInject.Http;

/// <summary>A reusable buffer for responses, so that the pages of a long list do not create garbage.</summary>
internal sealed class ResponseBuffer
{
    private byte[] bytes = new byte[16 * 1024];

    /// <summary>Reads a stream to its end.</summary>
    /// <param name="stream">The stream, decompressed.</param>
    /// <param name="limit">The maximum number of bytes.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The content, which is valid until the next call.</returns>
    /// <exception cref="ResponseTooLargeException">The stream is longer than the limit.</exception>
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
