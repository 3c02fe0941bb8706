using System.Text;
using KubeInject.Annotations;

namespace KubeInject.Manifests;

/// <summary>The text of a manifest and the path of its file.</summary>
public sealed class ManifestText
{
    // Invalid UTF-8 is an error, so that every text that is read can be written without a change.
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private int[]? lineStarts;

    /// <summary>Creates the text from a string.</summary>
    /// <param name="content">The complete text.</param>
    /// <param name="file">The path for messages. Null if the text is not from a file. Default: null.</param>
    public ManifestText(string content, string? file = null)
    {
        Content = content ?? throw new ArgumentNullException(nameof(content));
        File = file;
    }

    /// <summary>The complete text, including a byte order mark if there is one.</summary>
    public string Content { get; }

    /// <summary>The path as the caller specified it. Null if the text is not from a file.</summary>
    public string? File { get; }

    /// <summary>Decodes the bytes of a manifest.</summary>
    /// <param name="bytes">The bytes of the file or stream.</param>
    /// <param name="file">The path for messages. Null if the bytes are not from a file. Default: null.</param>
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

    /// <summary>Encodes text as UTF-8. The result has a byte order mark only if the text has one.</summary>
    /// <param name="content">The text.</param>
    /// <returns>Its bytes.</returns>
    public static byte[] Encode(string content) => StrictUtf8.GetBytes(content);

    /// <summary>Returns the offset of the first half of a surrogate pair without the other half, which UTF-8 cannot represent. Null if there is none.</summary>
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

    /// <summary>Returns the line and the column of an offset.</summary>
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
