using System.Text;

namespace KubeInject.Kubernetes.Configuration;

/// <summary>UTF-8 that replaces each separator by a new header line.</summary>
internal sealed class RepeatedHeaderEncoding(string name, char separator) : Encoding
{
    private readonly string line = $"\r\n{name}: ";

    public override int GetByteCount(char[] chars, int index, int count) => UTF8.GetByteCount(Expand(chars.AsSpan(index, count)));

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        UTF8.GetBytes(Expand(chars.AsSpan(charIndex, charCount)), bytes.AsSpan(byteIndex));

    public override int GetMaxByteCount(int charCount) => UTF8.GetMaxByteCount(charCount * line.Length);

    public override int GetCharCount(byte[] bytes, int index, int count) => UTF8.GetCharCount(bytes, index, count);

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) => UTF8.GetChars(bytes, byteIndex, byteCount, chars, charIndex);

    public override int GetMaxCharCount(int byteCount) => UTF8.GetMaxCharCount(byteCount);

    private string Expand(ReadOnlySpan<char> value) => value.ToString().Replace($"{separator}", line, StringComparison.Ordinal);
}
