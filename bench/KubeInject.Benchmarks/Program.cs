using System.Globalization;
using KubeInject.Benchmarks;

// bench/README.md describes the commands.
switch (args)
{
    case ["make-pods", var count]:
        await PodMaker.RunAsync(Number(count));
        return 0;
    case ["ratios", var pods, .. var options]:
        return await RatioRun.RunAsync(Number(pods), options);
    case ["scan", var folder]:
        Console.WriteLine(Directory.EnumerateFiles(folder, "*.yaml", SearchOption.AllDirectories).Sum(ManifestComparisons.ScanFile));
        return 0;
    case ["documents", .. { Length: > 0 } counts]:
        await Growth.MeasureDocumentsAsync([.. counts.Select(Number)]);
        return 0;
    case ["plot", var points, var picture]:
        Growth.Plot(File.ReadLines(points), picture);
        return 0;
    case ["admissions", .. { Length: > 0 } program]:
        await AdmissionLoad.RunAsync(program);
        return 0;
    case ["serve-nothing", var certificate, var key]:
        await AdmissionLoad.ServeNothingAsync(certificate, key);
        return 0;
    default:
        await Console.Error.WriteLineAsync("bench/README.md describes the commands.");
        return 2;
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
