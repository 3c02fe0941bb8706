namespace KubeInject.Injector;

/// <summary>Formats a table like kubectl: columns as wide as their widest cell, separated by three spaces.</summary>
internal static class TextTable
{
    public static IEnumerable<string> Lines(string[] header, IEnumerable<string[]> cells)
    {
        List<string[]> rows = [.. cells.Select(row => Array.ConvertAll(row, DisplayText.Escape))];
        var widths = header.Select((title, column) => rows.Select(row => row[column].Length).Append(title.Length).Max()).ToArray();
        return rows.Prepend(header).Select(row => string.Join("   ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }
}
