using System.Text;
using KubeInject.Annotations;

namespace KubeInject.Manifests;

/// <summary>The text of a manifest and where it came from.</summary>
public sealed class ManifestText
{
    // Strict: what is not UTF-8 is an error here, so that whatever is read can be written back byte for byte.
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private int[]? lineStarts;

    /// <summary>Wraps text that is in memory already.</summary>
    /// <param name="content">The whole text.</param>
    /// <param name="file">The path to show in messages; null where the text came from no file.</param>
    public ManifestText(string content, string? file = null)
    {
        Content = content ?? throw new ArgumentNullException(nameof(content));
        File = file;
    }

    /// <summary>The whole text, a byte order mark included where there is one.</summary>
    public string Content { get; }

    /// <summary>The path as the caller gave it; null for text that came from no file.</summary>
    public string? File { get; }

    /// <summary>Decodes the bytes of a manifest.</summary>
    /// <param name="bytes">The bytes of the file or stream.</param>
    /// <param name="file">The path to show in messages; null where the bytes came from no file.</param>
    /// <returns>The text.</returns>
    /// <exception cref="ManifestException">The bytes are not UTF-8.</exception>
    public static ManifestText Decode(ReadOnlySpan<byte> bytes, string? file = null)
    {
        try
        {
            return new ManifestText(StrictUtf8.GetString(bytes), file);
        }
        catch (DecoderFallbackException exception)
        {
            var line = bytes[..Math.Clamp(exception.Index, 0, bytes.Length)].Count((byte)'\n') + 1;
            throw new ManifestException(new SourceLocation(file, line, 1), "The text is not UTF-8. Save the file as UTF-8 and try again.", exception);
        }
    }

    /// <summary>Encodes text as the bytes it came from: UTF-8, with a byte order mark only where the text holds one.</summary>
    /// <param name="content">The text.</param>
    /// <returns>Its bytes.</returns>
    public static byte[] Encode(string content) => StrictUtf8.GetBytes(content);

    /// <summary>Where half of a character stands, which text in memory can have and a file cannot; null where there is none.</summary>
    internal int? FindHalfCharacter()
    {
        for (var at = NextSurrogate(0); at >= 0; at = NextSurrogate(at + 2))
        {
            if (at + 1 == Content.Length || !char.IsSurrogatePair(Content[at], Content[at + 1]))
                return at;
        }

        return null;

        int NextSurrogate(int from) => from < Content.Length && Content.AsSpan(from).IndexOfAnyInRange('\uD800', '\uDFFF') is var found and >= 0 ? from + found : -1;
    }

    /// <summary>Line and column of an offset.</summary>
    internal SourceLocation LocationAt(int offset)
    {
        lineStarts ??= LineStarts(Content);
        var line = Array.BinarySearch(lineStarts, offset);
        line = line >= 0 ? line : ~line - 1;
        return new SourceLocation(File, line + 1, offset - lineStarts[line] + 1);
    }

    private static int[] LineStarts(ReadOnlySpan<char> content)
    {
        var starts = new int[content.Count('\n') + 1];
        for (var line = 1; line < starts.Length; line++)
            starts[line] = starts[line - 1] + content[starts[line - 1]..].IndexOf('\n') + 1;
        return starts;
    }
}
