using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace KubeInject.Reports.Page;

/// <summary>
/// Writes HTML that is also well-formed XML. Encodes all text and attribute values, so that they cannot contain elements. Names
/// of elements and attributes are not encoded and must be constants.
/// </summary>
internal sealed class HtmlWriter
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly StringBuilder page = new();

    /// <summary>Starts an element. Dispose of the returned value to end the element.</summary>
    public Element Open(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Start(name, attributes);
        page.Append('>');
        return new Element(page, name);
    }

    /// <summary>Writes an element with text.</summary>
    public void Write(string name, string text, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Start(name, attributes);
        page.Append('>').Append(Encode(text)).Append("</").Append(name).Append('>');
    }

    /// <summary>Writes an empty element: <c>meta</c>, <c>rect</c>.</summary>
    public void WriteEmpty(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Start(name, attributes);
        page.Append(" />");
    }

    /// <summary>Writes text.</summary>
    public void Write(string text) => page.Append(Encode(text));

    /// <summary>Formats a number in the invariant culture, with narrow spaces as thousands separators.</summary>
    public static string Number(int number) => number.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', '\u202F');

    /// <summary>Writes text without encoding, for the page's own styles and scripts.</summary>
    public void WriteRaw(string text) => page.Append(text);

    /// <summary>Ends a line in the source of the page.</summary>
    public void EndLine() => page.Append('\n');

    public override string ToString() => page.ToString();

    private void Start(string name, ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        page.Append('<').Append(name);
        foreach (var (key, value) in attributes)
        {
            if (value is not null)
                page.Append(' ').Append(key).Append("=\"").Append(Encode(value)).Append('"');
        }
    }

    private static string Encode(string text) => Encoder.Encode(DisplayText.EscapeLines(text));

    /// <summary>An open element.</summary>
    public readonly struct Element(StringBuilder page, string name) : IDisposable
    {
        public void Dispose() => page.Append("</").Append(name).Append('>');
    }
}
