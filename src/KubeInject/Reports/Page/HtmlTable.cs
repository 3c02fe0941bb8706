namespace KubeInject.Reports.Page;

/// <summary>Writes a table that can be searched: caption, headings with a scope, and rows whose cells know their heading, which narrow screens show.</summary>
/// <remarks>The roles say again what the elements say, for browsers that forget it where cells are laid out as blocks.</remarks>
internal sealed class HtmlTable(HtmlWriter html, string[] columns)
{
    private int column;

    /// <summary>Writes it.</summary>
    /// <param name="html">Where to.</param>
    /// <param name="id">What the caption is known by.</param>
    /// <param name="caption">What the table shows.</param>
    /// <param name="kind">How it looks: a class of the style sheet.</param>
    /// <param name="columns">The headings.</param>
    /// <param name="rows">What the rows are about.</param>
    /// <param name="writeRow">Writes the cells of one.</param>
    public static void Write<T>(HtmlWriter html, string id, string caption, string kind, string[] columns, IEnumerable<T> rows, Action<HtmlTable, T> writeRow)
    {
        using var scroll = html.Open("div", ("class", "scroll"), ("role", "region"), ("aria-labelledby", id), ("tabindex", "0"));
        using var table = html.Open("table", ("class", $"searched {kind}"), ("role", "table"));
        html.Write("caption", caption, ("id", id));
        using (html.Open("thead", ("role", "rowgroup")))
        using (html.Open("tr", ("role", "row")))
        {
            foreach (var name in columns)
                html.Write("th", name, ("scope", "col"), ("role", "columnheader"));
        }

        using var body = html.Open("tbody", ("role", "rowgroup"));
        var writer = new HtmlTable(html, columns);
        foreach (var row in rows)
        {
            html.EndLine();
            writer.column = 0;
            using (html.Open("tr", ("role", "row")))
                writeRow(writer, row);
        }
    }

    /// <summary>The cell that says what the row is about.</summary>
    public void Heading(Action write)
    {
        using (html.Open("th", ("scope", "row"), ("role", "rowheader"), ("data-label", columns[column++])))
            write();
    }

    /// <summary>A cell.</summary>
    public void Cell(Action write, string? kind = null)
    {
        using (html.Open("td", ("role", "cell"), ("data-label", columns[column++]), ("class", kind)))
            write();
    }

    /// <summary>A cell with a text; a dash where there is none.</summary>
    public void Cell(string? text, string? kind = null) => Cell(() => html.Write(string.IsNullOrEmpty(text) ? "–" : text), kind);

    /// <summary>A cell with a number; one that is nothing to look at is pale.</summary>
    public void Cell(int number, string? kind = null) => Cell(HtmlWriter.Number(number), number == 0 ? "number none" : $"number {kind}".TrimEnd());
}
