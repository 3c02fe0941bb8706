using BenchmarkDotNet.Attributes;
using KubeInject.Diagnosis;
using KubeInject.Manifests;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeInject.Benchmarks;

/// <summary>The cost of checking 10,000 manifests in one run, compared with the YAML library alone.</summary>
[MemoryDiagnoser]
public class CheckBenchmarks
{
    private readonly string[] texts = ManifestGenerator.Make(10_000);

    /// <summary>The parser of the library reads all text and keeps nothing.</summary>
    [Benchmark(Baseline = true)]
    public int Walk()
    {
        var events = 0;
        foreach (var text in texts)
        {
            var parser = new Parser(new StringReader(text));
            while (parser.MoveNext())
                events++;
        }

        return events;
    }

    /// <summary>The library creates its document tree.</summary>
    [Benchmark]
    public int Load()
    {
        var documents = 0;
        foreach (var text in texts)
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            documents += stream.Documents.Count;
        }

        return documents;
    }

    [Benchmark]
    public async Task<int> Check()
    {
        var diagnostician = new PodDiagnostician();
        var findings = 0;
        foreach (var text in texts)
            findings += (await diagnostician.DiagnoseAsync(ManifestSource.FromText(text), CancellationToken.None)).Sum(diagnosis => diagnosis.Findings.Count);
        return findings;
    }
}
