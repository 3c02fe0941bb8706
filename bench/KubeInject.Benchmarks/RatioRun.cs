using System.Globalization;
using System.Text.Json;

namespace KubeInject.Benchmarks;

/// <summary>Measures comparisons, prints them as a table, and compares their ratios with the stored ones.</summary>
internal static class RatioRun
{
    /// <summary>A ratio that is worse than the stored one by this factor is an error.</summary>
    private const double Tolerance = 1.5;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private const string Stored = "bench/ratios.json";

    /// <summary>Runs the comparisons.</summary>
    /// <param name="pods">The number of pods in the cluster.</param>
    /// <param name="options"><c>--short</c>, <c>--store</c>, and the starts of the names of the comparisons to run. Default: all.</param>
    /// <returns>The exit code: 1 if a ratio is an error.</returns>
    public static async Task<int> RunAsync(int pods, string[] options)
    {
        var names = options.Where(option => !option.StartsWith("--", StringComparison.Ordinal)).ToList();
        var folder = Directory.CreateTempSubdirectory("kubeinject-bench-").FullName;
        try
        {
            var comparisons = ManifestComparisons.Of(documents: 1_000).Concat(new MetadataComparisons().All()).Concat(new ProcessComparisons(folder, pods).All(files: 15_000))
                .Where(comparison => comparison.IsShort || !options.Contains("--short"))
                .Where(comparison => names.Count == 0 || names.Exists(name => comparison.Name.StartsWith(name, StringComparison.Ordinal)));
            return await RunAsync(comparisons, options.Contains("--store"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<int> RunAsync(IEnumerable<Comparison> comparisons, bool store)
    {
        var stored = JsonSerializer.Deserialize<SortedDictionary<string, double>>(await File.ReadAllTextAsync(Stored)) ?? [];
        var run = new ComparisonRun();
        List<string> worse = [];
        Console.WriteLine("| Comparison | KubeInject | Peer | Ratio | Goal | Stored | Compared with |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var comparison in comparisons)
        {
            var result = await run.MeasureAsync(comparison);
            var before = stored.TryGetValue(comparison.Name, out var value) ? value : (double?)null;
            Console.WriteLine($"| {comparison.Name} | {Time(result.Ours)} | {Time(result.Theirs)} | {Number(result.Ratio)} | {Number(comparison.Goal)} | {Number(before)} | {comparison.Peer} |");
            if (store)
                stored[comparison.Name] = Math.Round(result.Ratio, 2);
            else if (result.Ratio > before * Tolerance)
                worse.Add($"{comparison.Name}: the ratio is {Number(result.Ratio)}, which is more than {Tolerance.ToString(CultureInfo.InvariantCulture)} times the stored {Number(before)}.");
        }

        if (store)
            await File.WriteAllTextAsync(Stored, JsonSerializer.Serialize(stored, Indented) + "\n");
        foreach (var line in worse)
            await Console.Error.WriteLineAsync(line);
        return worse.Count > 0 ? 1 : 0;
    }

    private static string Number(double? number) => number is { } value ? value.ToString("f2", CultureInfo.InvariantCulture) : "";

    private static string Time(double seconds) => seconds switch
    {
        < 0.001 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1_000_000:f0} µs"),
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1_000:f1} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds:f2} s"),
    };
}
