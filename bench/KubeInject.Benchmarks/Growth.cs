using System.Globalization;
using System.Text;

namespace KubeInject.Benchmarks;

/// <summary>Shows how the time of an operation grows with the amount of work.</summary>
internal static class Growth
{
    private const int Width = 760;
    private const int Height = 420;
    private const int Left = 70;
    private const int Right = 170;
    private const int Top = 20;
    private const int Bottom = 50;

    private static readonly string[] Colors = ["#2a78d6", "#1f8a5b", "#c2571a"];

    /// <summary>Prints the time to inject manifests with different numbers of documents, in lines as <see cref="Plot"/> reads them.</summary>
    public static async Task MeasureDocumentsAsync(int[] counts)
    {
        foreach (var count in counts)
        {
            var comparison = ManifestComparisons.Of(count).Single(comparison => comparison.Name == "manifest/inject/repository");
            var seconds = (await new ComparisonRun().MeasureAsync(comparison)).Ours;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"inject documents\t{count}\t{seconds}"));
        }
    }

    /// <summary>Writes a chart with logarithmic axes, and prints the exponent of each series: 1 is linear.</summary>
    /// <param name="lines">The points: the name of the series, the amount, and the seconds, separated by tabs.</param>
    /// <param name="path">The path of the SVG file.</param>
    public static void Plot(IEnumerable<string> lines, string path)
    {
        var series = lines.Select(line => line.Split('\t')).Where(fields => fields.Length == 3)
            .Select(fields => (Name: fields[0], Amount: Number(fields[1]), Seconds: Number(fields[2])))
            .GroupBy(point => point.Name).ToList();
        var all = series.SelectMany(points => points).ToList();
        var (x, y) = (new Axis(all.Select(point => point.Amount), Left, Width - Right), new Axis(all.Select(point => point.Seconds), Height - Bottom, Top));
        var svg = new StringBuilder().Append(CultureInfo.InvariantCulture, $$"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{Width}} {{Height}}" role="img" aria-label="Seconds by amount, both logarithmic">
            <style>
            text { font: 13px system-ui, sans-serif; fill: #4a4a4a }
            .grid { stroke: #8888; stroke-width: 0.5 }
            .line { fill: none; stroke-width: 2 }
            @media (prefers-color-scheme: dark) { text { fill: #c8c8c8 } }
            </style>

            """);
        foreach (var power in x.Powers)
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{x.At(power):f1}\" x2=\"{x.At(power):f1}\" y1=\"{Top}\" y2=\"{Height - Bottom}\"/><text x=\"{x.At(power):f1}\" y=\"{Height - Bottom + 20}\" text-anchor=\"middle\">{power:#,0}</text>\n");
        foreach (var power in y.Powers)
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y.At(power):f1}\" y2=\"{y.At(power):f1}\"/><text x=\"{Left - 8}\" y=\"{y.At(power) + 4:f1}\" text-anchor=\"end\">{power:0.#####} s</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 10}\" text-anchor=\"middle\">pods, documents, or leases</text>\n");
        foreach (var (points, color) in series.Zip(Colors))
        {
            var places = points.Select(point => (X: x.At(point.Amount), Y: y.At(point.Seconds))).ToList();
            svg.Append(CultureInfo.InvariantCulture, $"<polyline class=\"line\" stroke=\"{color}\" points=\"{string.Join(' ', places.Select(place => string.Create(CultureInfo.InvariantCulture, $"{place.X:f1},{place.Y:f1}")))}\"/>\n");
            foreach (var place in places)
                svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{place.X:f1}\" cy=\"{place.Y:f1}\" r=\"3.5\" fill=\"{color}\"/>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{places[^1].X + 10:f1}\" y=\"{places[^1].Y + 4:f1}\">{points.Key}</text>\n");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {points.Key} | {string.Join(", ", points.Select(point => $"{point.Amount:#,0}: {point.Seconds:0.####} s"))} | {Exponent([.. points.Select(point => (point.Amount, point.Seconds))]):f2} |"));
        }

        File.WriteAllText(path, svg.Append("</svg>\n").ToString());
    }

    // The slope between the two largest amounts, where constant costs weigh least.
    private static double Exponent(List<(double Amount, double Seconds)> points) =>
        Math.Log(points[^1].Seconds / points[^2].Seconds) / Math.Log(points[^1].Amount / points[^2].Amount);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>A logarithmic axis.</summary>
    private sealed class Axis(IEnumerable<double> values, double from, double to)
    {
        private readonly int first = (int)Math.Floor(Math.Log10(values.Min()));
        private readonly int last = (int)Math.Ceiling(Math.Log10(values.Max()));

        public IEnumerable<double> Powers => Enumerable.Range(first, last - first + 1).Select(power => Math.Pow(10, power));

        public double At(double value) => from + ((Math.Log10(value) - first) / (last - first) * (to - from));
    }
}
