namespace KubeInject.Reports.Page;

/// <summary>Writes a searchable table with a caption, column headings, and cells that contain their heading for narrow screens.</summary>
/// <remarks>The roles repeat the semantics of the elements, because some browsers drop them if cells are displayed as blocks.</remarks>
internal sealed class HtmlTable(HtmlWriter html, string[] columns)
{
    private int column;

    /// <summary>Writes a table.</summary>
    /// <param name="html">The writer.</param>
    /// <param name="id">The id of the caption.</param>
    /// <param name="caption">The caption.</param>
    /// <param name="kind">The CSS class.</param>
    /// <param name="columns">The column headings.</param>
    /// <param name="rows">The data of the rows.</param>
    /// <param name="writeRow">Writes the cells of one row.</param>
    public static void Write<T>(HtmlWriter html, string id, string caption, string kind, string[] columns, IEnumerable<T> rows, Action<HtmlTable, T> writeRow)
    {
        using var scroll = html.Open("div", ("class", "scroll"), ("role", "region"), ("aria-labelledby", id), ("tabindex", "0"));
        using var table = html.Open("table", ("class", $"searchable {kind}"), ("role", "table"));
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

    /// <summary>Writes the heading cell of a row.</summary>
    public void Heading(Action write)
    {
        using (html.Open("th", ("scope", "row"), ("role", "rowheader"), ("data-label", columns[column++])))
            write();
    }

    /// <summary>Writes a cell.</summary>
    public void Cell(Action write, string? kind = null)
    {
        using (html.Open("td", ("role", "cell"), ("data-label", columns[column++]), ("class", kind)))
            write();
    }

    /// <summary>Writes a cell with text; a dash if the text is empty.</summary>
    public void Cell(string? text, string? kind = null) => Cell(() => html.Write(string.IsNullOrEmpty(text) ? "–" : text), kind);

    /// <summary>Writes a cell with a number. Zero is displayed in a pale color.</summary>
    public void Cell(int number, string? kind = null) => Cell(HtmlWriter.Number(number), number == 0 ? "number none" : $"number {kind}".TrimEnd());
}
