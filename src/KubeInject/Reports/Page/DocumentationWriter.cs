using System.Text.RegularExpressions;

namespace KubeInject.Reports.Page;

/// <summary>Writes the documentation of a finding as HTML: paragraphs, lists, code, and an example that the reader can open.</summary>
internal static partial class DocumentationWriter
{
    /// <summary>Writes the documentation of a code.</summary>
    /// <param name="html">The writer.</param>
    /// <param name="markdown">The section of the code in Markdown, without its heading.</param>
    /// <param name="link">The address of the section in the documentation.</param>
    public static void Write(HtmlWriter html, string markdown, Uri link)
    {
        // Every second part is the content of a fenced code block.
        var parts = Fence().Split(Severity().Replace(markdown, "", 1).ReplaceLineEndings("\n"));
        for (var i = 0; i < parts.Length; i += 2)
            WriteText(html, parts[i]);
        using var more = html.Open("div", ("class", "more"));
        for (var i = 1; i < parts.Length; i += 2)
            WriteExample(html, parts[i]);
        html.Write("a", "Documentation", ("href", $"{link}"), ("rel", "noopener noreferrer"));
    }

    private static void WriteText(HtmlWriter html, string text)
    {
        foreach (var block in Block().Split(text).Select(block => block.Trim()).Where(block => block.Length > 0))
        {
            // The label is written with the code of the example.
            if (block == "Example:")
                continue;
            var items = Item().Split(block);
            if (items[0].Length > 0)
                WriteLine("p", items[0]);
            if (items.Length == 1)
                continue;
            using var list = html.Open("ul");
            foreach (var item in items.Skip(1))
                WriteLine("li", item);
        }

        void WriteLine(string name, string line)
        {
            using var element = html.Open(name);
            var first = Label().Match(line);
            if (first.Success)
                html.Write("b", first.Groups[1].Value);
            var pieces = line[first.Length..].Replace('\n', ' ').Split('`');
            for (var i = 0; i < pieces.Length; i++)
            {
                if (i % 2 == 1)
                    html.Write("code", pieces[i]);
                else
                    html.Write(Link().Replace(pieces[i], "$1").Replace("**", "", StringComparison.Ordinal));
            }
        }
    }

    private static void WriteExample(HtmlWriter html, string code)
    {
        using var details = html.Open("details");
        html.Write("summary", "Example");
        using var pre = html.Open("pre");
        html.Write("code", code.Trim('\n'));
    }

    [GeneratedRegex(@"\A\*\*[^*]+\*\*\s+")]
    private static partial Regex Severity();

    [GeneratedRegex(@"^```\w*\n?", RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"\n\n|\n(?=Cause:|Remedy:|Example:)")]
    private static partial Regex Block();

    [GeneratedRegex(@"^- ", RegexOptions.Multiline)]
    private static partial Regex Item();

    [GeneratedRegex(@"\A(Cause:|Remedy:|Example:)")]
    private static partial Regex Label();

    [GeneratedRegex(@"\[([^\]]+)\]\([^)]+\)")]
    private static partial Regex Link();
}
