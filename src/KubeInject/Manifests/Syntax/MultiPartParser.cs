using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace KubeInject.Manifests.Syntax;

/// <summary>A parser that reads the parts of a text one after the other, because one parser for each part needs more time and memory.</summary>
/// <param name="content">The text.</param>
/// <param name="origin">The offset of the first part.</param>
internal sealed class MultiPartParser(string content, int origin)
{
    /// <summary>The parser. Its positions are relative to <see cref="Origin"/>.</summary>
    public Parser Parser { get; private set; } = new(new TextFrom(content, origin));

    /// <summary>The offset of the first part that the parser reads.</summary>
    public int Origin { get; private set; } = origin;

    /// <summary>Returns whether the next document is the first of a part. If not, the parser has read this part differently.</summary>
    /// <param name="start">The offset of the part.</param>
    public bool IsAt(int start) => Parser.Current is null ? start == Origin : Parser.Current is DocumentStart next && Origin + next.Start.Index == start;

    /// <summary>Continues with another part, without what the parser knows from the parts before.</summary>
    /// <param name="start">The offset of the part.</param>
    public void Restart(int start)
    {
        Parser = new Parser(new TextFrom(content, start));
        Origin = start;
    }

    /// <summary>Reads a text from an offset. A <see cref="StringReader"/> would copy the text.</summary>
    private sealed class TextFrom(string content, int position) : TextReader
    {
        private int position = position;

        public override int Peek() => position < content.Length ? content[position] : -1;

        public override int Read() => position < content.Length ? content[position++] : -1;

        public override int Read(char[] buffer, int index, int count)
        {
            var length = Math.Min(count, content.Length - position);
            content.CopyTo(position, buffer, index, length);
            position += length;
            return length;
        }
    }
}
