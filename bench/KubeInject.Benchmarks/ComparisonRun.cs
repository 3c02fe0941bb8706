using System.Diagnostics;

namespace KubeInject.Benchmarks;

/// <summary>Runs both operations of a comparison in turn, and calculates the ratio of their times.</summary>
internal sealed class ComparisonRun
{
    private const int Rounds = 5;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan ShortestMeasurement = TimeSpan.FromMilliseconds(200);

    /// <summary>Measures a comparison.</summary>
    /// <returns>The medians of the ratio, and of the times of one operation.</returns>
    public async Task<Measurement> MeasureAsync(Comparison comparison)
    {
        var (ours, theirs) = (await PrepareAsync(comparison, comparison.Ours), await PrepareAsync(comparison, comparison.Theirs));
        var (ourTimes, theirTimes) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            ourTimes.Add(await MeasureAsync(comparison, comparison.Ours, ours));
            theirTimes.Add(await MeasureAsync(comparison, comparison.Theirs, theirs));
        }

        return new Measurement(Median(ourTimes.Zip(theirTimes, (our, their) => our / their)), Median(ourTimes), Median(theirTimes));
    }

    // Runs the operation until its code is compiled and optimized. Returns how often to run it in one measurement.
    private static async Task<int> PrepareAsync(Comparison comparison, Func<Task> operation)
    {
        if (comparison.IsExternal)
        {
            await operation();
            return 1;
        }

        var (watch, runs) = (Stopwatch.StartNew(), 0);
        for (; runs == 0 || watch.Elapsed < WarmUp; runs++)
            await operation();
        return (int)Math.Ceiling(runs * (ShortestMeasurement / watch.Elapsed));
    }

    // Processor time depends less on what else the machine does, and includes the garbage collector and the compiler.
    private static async Task<double> MeasureAsync(Comparison comparison, Func<Task> operation, int runs)
    {
        if (!comparison.IsExternal)
            GC.Collect();
        var (watch, processor) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        for (var run = 0; run < runs; run++)
            await operation();
        return (comparison.IsExternal ? watch.Elapsed : Environment.CpuUsage.TotalTime - processor).TotalSeconds / runs;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ToList() is var sorted ? sorted[sorted.Count / 2] : double.NaN;
}

/// <summary>The result of a comparison.</summary>
/// <param name="Ratio">The median ratio: below 1, KubeInject is faster.</param>
/// <param name="Ours">The median seconds of the operation of KubeInject.</param>
/// <param name="Theirs">The median seconds of the other operation.</param>
internal sealed record Measurement(double Ratio, double Ours, double Theirs);
