using System.Text;
using FsCheck.Fluent;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Testing;

namespace KubeInject.Tests.Kubernetes;

public class LineReaderTests
{
    [Fact]
    public void Lines_do_not_depend_on_how_the_bytes_arrive() => Prop.ForAll(
        Gen.Choose(0, 40_000).ListOf().SelectMany(lengths => Gen.Choose(1, 30_000).SelectMany(chunk => Gen.Choose(0, 50).Select(rest => (lengths, chunk, rest)))).ToArbitrary(),
        input =>
        {
            var lines = input.lengths.Select((length, index) => new string((char)('a' + (index % 26)), length)).ToList();
            var text = string.Concat(lines.Select(line => $"{line}\n")) + new string('x', input.rest);
            Assert.Equal(lines, Read(text, input.chunk, 40_001));
        }).CheckSeeded();

    [Fact]
    public void A_line_that_is_too_long_is_an_error_and_is_not_buffered()
    {
        Assert.Equal([new string('a', 20_000)], Read(new string('a', 20_000) + "\n", 1000, 20_001));
        Assert.Throws<ResponseTooLargeException>(() => Read(new string('a', 20_001) + "\n", 1000, 20_001));
    }

    private static List<string> Read(string text, int chunk, int longestLine)
    {
        var reader = new LineReader(new ChunkedStream(Encoding.ASCII.GetBytes(text), chunk), longestLine);
        var lines = new List<string>();
        while (reader.ReadAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult() is { } line)
            lines.Add(Encoding.ASCII.GetString(line.Span));
        return lines;
    }

    /// <summary>Returns at most this number of bytes at once.</summary>
    private sealed class ChunkedStream(byte[] bytes, int chunk) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, chunk)], cancellationToken);
    }
}
