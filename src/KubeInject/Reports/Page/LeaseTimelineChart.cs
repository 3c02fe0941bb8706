using System.Globalization;
using KubeInject.Leases;

namespace KubeInject.Reports.Page;

/// <summary>
/// Writes a bar chart of the leases by remaining time and state. Each state has a color and a pattern. The numbers are also in a
/// table below the chart.
/// </summary>
internal static class LeaseTimelineChart
{
    private const int Width = 420;
    private const int Left = 104;
    private const int Right = 44;
    private const int RowHeight = 26;
    private const int BarHeight = 16;

    private static readonly (string Name, TimeSpan From)[] Steps =
    [
        ("expired", TimeSpan.MinValue),
        ("under 15 min", TimeSpan.Zero),
        ("15 min – 1 h", TimeSpan.FromMinutes(15)),
        ("1 – 6 h", TimeSpan.FromHours(1)),
        ("6 – 24 h", TimeSpan.FromHours(6)),
        ("1 – 7 days", TimeSpan.FromDays(1)),
        ("over 7 days", TimeSpan.FromDays(7)),
        ("no end known", TimeSpan.MaxValue),
    ];

    private static readonly LeaseState[] States = Enum.GetValues<LeaseState>();

    public static void Write(HtmlWriter html, PodInjectionReport report)
    {
        var counts = new int[Steps.Length, States.Length];
        foreach (var lease in report.Leases)
            counts[StepOf(lease, report.CreatedAt), Array.IndexOf(States, lease.State)]++;
        using var figure = html.Open("figure", ("class", "chart"));
        html.Write("figcaption", "Leases by remaining time");
        WriteBars(html, counts);
        WriteLegend(html, report);
        WriteTable(html, counts);
    }

    private static int StepOf(ReportedLease lease, DateTimeOffset now)
    {
        var left = lease.ExpiresAt is { } end ? end - now : TimeSpan.MaxValue;
        return left == TimeSpan.MaxValue ? Steps.Length - 1 : left <= TimeSpan.Zero ? 0 : Array.FindLastIndex(Steps, step => step.From < left);
    }

    private static void WriteBars(HtmlWriter html, int[,] counts)
    {
        var most = Enumerable.Range(0, Steps.Length).Max(step => TotalOf(counts, step));
        var height = (Steps.Length * RowHeight) + 8;
        using var svg = html.Open("svg", ("viewBox", Text($"0 0 {Width} {height}")), ("role", "img"), ("aria-labelledby", "chart-title plot-text"));
        html.Write("title", "Leases by remaining time", ("id", "chart-title"));
        html.Write("desc", string.Join("; ", Enumerable.Range(0, Steps.Length).Select(step => Text($"{Steps[step].Name}: {TotalOf(counts, step)}"))), ("id", "plot-text"));
        using (html.Open("defs"))
        {
            foreach (var state in States)
                WritePattern(html, state);
        }

        html.WriteEmpty("line", ("class", "axis"), ("x1", Text($"{Left}")), ("x2", Text($"{Left}")), ("y1", "0"), ("y2", Text($"{height}")));
        for (var step = 0; step < Steps.Length; step++)
        {
            double x = Left;
            var top = (step * RowHeight) + 8;
            html.Write("text", Steps[step].Name, ("x", Text($"{Left - 8}")), ("y", Text($"{top + 12}")), ("text-anchor", "end"));
            for (var state = 0; state < States.Length; state++)
            {
                if (counts[step, state] == 0)
                    continue;
                var length = Math.Max(3, (double)(Width - Left - Right) * counts[step, state] / most);
                html.WriteEmpty("rect", ("class", "bar"), ("x", Text($"{x:0.#}")), ("y", Text($"{top}")), ("width", Text($"{length:0.#}")), ("height", Text($"{BarHeight}")), ("fill", $"url(#p-{States[state]})"));
                x += length;
            }

            var total = TotalOf(counts, step);
            html.Write("text", HtmlWriter.Number(total), ("class", total == 0 ? "none" : "total"), ("x", Text($"{x + 6:0.#}")), ("y", Text($"{top + 12}")));
        }
    }

    /// <summary>Writes the pattern of a state, so that states differ without colors: solid, stripes, checks, grid, dots.</summary>
    private static void WritePattern(HtmlWriter html, LeaseState state)
    {
        using var pattern = html.Open("pattern", ("id", $"p-{state}"), ("width", "8"), ("height", "8"), ("patternUnits", "userSpaceOnUse"));
        html.WriteEmpty("rect", ("class", $"fill {Kind(state)}"), ("width", "8"), ("height", "8"));
        var mark = state switch
        {
            LeaseState.Active => null,
            LeaseState.Expiring => "M-2,2 l4,-4 M0,8 l8,-8 M6,10 l4,-4",
            LeaseState.Expired => "M0,0 h4 v4 h-4 z M4,4 h4 v4 h-4 z",
            LeaseState.Orphaned => "M0,0 h8 M0,4 h8 M0,0 v8 M4,0 v8",
            _ => "M1,1 h2 v2 h-2 z M5,5 h2 v2 h-2 z",
        };
        if (mark is not null)
            html.WriteEmpty("path", ("class", state is LeaseState.Expired or LeaseState.Incomplete ? "mark full" : "mark"), ("d", mark));
    }

    private static void WriteLegend(HtmlWriter html, PodInjectionReport report)
    {
        using var list = html.Open("ul", ("class", "legend"));
        foreach (var state in States)
        {
            using var item = html.Open("li");
            using (html.Open("svg", ("viewBox", "0 0 24 16"), ("aria-hidden", "true")))
                html.WriteEmpty("rect", ("class", "bar"), ("width", "24"), ("height", "16"), ("fill", $"url(#p-{state})"));
            html.Write("b", $"{state} {HtmlWriter.Number(report.CountOf(state))}");
            html.Write("span", LeaseSection.Meaning(state));
        }
    }

    private static void WriteTable(HtmlWriter html, int[,] counts)
    {
        using var details = html.Open("details", ("class", "chart-data"));
        html.Write("summary", "Chart data");
        using var scroll = html.Open("div", ("class", "scroll"), ("role", "region"), ("aria-labelledby", "chart-table"), ("tabindex", "0"));
        using var table = html.Open("table", ("class", "overview"));
        html.Write("caption", "Leases by remaining time and state", ("id", "chart-table"));
        using (html.Open("thead"))
        using (html.Open("tr"))
        {
            html.Write("th", "Expires", ("scope", "col"));
            foreach (var state in States)
                html.Write("th", $"{state}", ("scope", "col"));
        }

        using var body = html.Open("tbody");
        for (var step = 0; step < Steps.Length; step++)
        {
            using var row = html.Open("tr");
            html.Write("th", Steps[step].Name, ("scope", "row"));
            for (var state = 0; state < States.Length; state++)
                html.Write("td", HtmlWriter.Number(counts[step, state]), ("class", counts[step, state] == 0 ? "number none" : "number"));
        }
    }

    private static int TotalOf(int[,] counts, int step) => Enumerable.Range(0, States.Length).Sum(state => counts[step, state]);

    private static string Kind(LeaseState state) => $"{state}".ToLowerInvariant();

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
