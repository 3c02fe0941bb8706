using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace KubeInject.Reports.Page;

/// <summary>
/// Writes HTML that is well-formed XML, too. Names of elements and attributes are the caller's own; every text and every
/// value of an attribute is encoded here, so that none becomes an element.
/// </summary>
internal sealed class HtmlWriter
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly StringBuilder page = new();

    /// <summary>Starts an element; disposing of what is returned ends it.</summary>
    public Element Open(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Start(name, attributes);
        page.Append('>');
        return new Element(page, name);
    }

    /// <summary>An element with a text in it.</summary>
    public void Write(string name, string text, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Start(name, attributes);
        page.Append('>').Append(Encode(text)).Append("</").Append(name).Append('>');
    }

    /// <summary>An element that never has anything in it: <c>meta</c>, <c>rect</c>.</summary>
    public void WriteEmpty(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Start(name, attributes);
        page.Append(" />");
    }

    /// <summary>A text.</summary>
    public void Write(string text) => page.Append(Encode(text));

    /// <summary>A number, as the invariant culture writes it, with thin spaces between thousands.</summary>
    public static string Number(int number) => number.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', '\u202F');

    /// <summary>What is written as it is: style and script of our own.</summary>
    public void WriteRaw(string own) => page.Append(own);

    /// <summary>The end of a line of the page's source.</summary>
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

    /// <summary>An element that is open.</summary>
    public readonly struct Element(StringBuilder page, string name) : IDisposable
    {
        public void Dispose() => page.Append("</").Append(name).Append('>');
    }
}
