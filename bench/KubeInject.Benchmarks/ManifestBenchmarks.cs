using BenchmarkDotNet.Attributes;
using KubeInject.Credentials;
using KubeInject.Injection;
using KubeInject.Leases;
using KubeInject.Manifests;
using KubeInject.Manifests.Editing;
using KubeInject.Testing;
using YamlDotNet.Core;

namespace KubeInject.Benchmarks;

/// <summary>The cost of reading and injecting a manifest of 1,000 documents, compared with the scanner of the YAML library.</summary>
[MemoryDiagnoser]
public class ManifestBenchmarks
{
    private const int Documents = 1_000;

    private string text = "";
    private IReadOnlyList<ManifestDocument> documents = [];

    /// <summary>The kind of documents: see <see cref="ManifestGenerator"/>.</summary>
    public enum Shape
    {
        /// <summary>Alternating Deployments and Services; a quarter of the Deployments request credentials.</summary>
        Repository,

        /// <summary>Large Deployments, which all request credentials.</summary>
        Large,

        /// <summary>Minimal Deployments, which all request credentials.</summary>
        Small,
    }

    [ParamsAllValues]
    public Shape Kind { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        text = Kind switch
        {
            Shape.Repository => string.Join("---\n", ManifestGenerator.Make(Documents / 2)),
            Shape.Large => string.Join("---\n", Enumerable.Range(0, Documents).Select(ManifestGenerator.Large)),
            _ => string.Join("---\n", Enumerable.Range(0, Documents).Select(ManifestGenerator.Small)),
        };
        documents = Manifest.Parse(new ManifestText(text)).Documents;
    }

    // Records are kept in memory, so that no disk is measured.
    private static ManifestInjector Injector => new(new CredentialSource(new LocalCredentialIssuer(), new MemoryLeaseStore()));

    [Benchmark(Baseline = true)]
    public int Scan()
    {
        var parser = new Parser(new StringReader(text));
        var events = 0;
        while (parser.MoveNext())
            events++;
        return events;
    }

    [Benchmark]
    public int Read() => Manifest.Parse(new ManifestText(text)).Documents.Count;

    /// <summary>Adds one annotation to each document, and reads its line again to verify it.</summary>
    [Benchmark]
    public int Edit() => documents.SelectMany(document => document.PodTemplates.Select(template => (document, template)))
        .Sum(pod => ManifestEditor.Apply(pod.document, [new AddEntry(pod.template.Annotations!, "example.org/owner", "orders")]).Length);

    [Benchmark]
    public async Task<int> Plan() => (await Injector.PlanAsync(ManifestSource.FromText(text), CancellationToken.None)).Result.Pods.Count;

    [Benchmark]
    public async Task<int> Inject()
    {
        var written = 0;
        await Injector.InjectAsync(await Injector.PlanAsync(ManifestSource.FromText(text), CancellationToken.None), ManifestOutput.ToStream((content, _) => Task.FromResult(written = content.Length)), CancellationToken.None);
        return written;
    }
}
