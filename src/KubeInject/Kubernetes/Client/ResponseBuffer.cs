namespace KubeInject.Kubernetes;

/// <summary>Room for one answer after the other, so that each page of a long list does not leave its size behind as garbage.</summary>
internal sealed class ResponseBuffer
{
    // A page of 500 of the largest objects that a server stores fits in.
    private const int LongestResponse = 1 << 30;

    private byte[] bytes = new byte[16 * 1024];

    /// <summary>Reads a stream to its end.</summary>
    /// <returns>What it held, good until the next call.</returns>
    /// <exception cref="InvalidDataException">The stream has no end in sight.</exception>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var length = 0;
        while (await stream.ReadAsync(bytes.AsMemory(length), cancellationToken) is > 0 and var count)
        {
            length += count;
            if (length < bytes.Length)
                continue;
            if (length >= LongestResponse)
                throw new InvalidDataException("An answer is too long.");
            Array.Resize(ref bytes, length * 2);
        }

        return bytes.AsMemory(0, length);
    }
}
