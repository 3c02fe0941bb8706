using BenchmarkDotNet.Attributes;
using KubeInject.Credentials;
using KubeInject.Injection;
using KubeInject.Leases;
using KubeInject.Manifests;
using KubeInject.Manifests.Editing;
using KubeInject.Testing;
using YamlDotNet.Core;

namespace KubeInject.Benchmarks;

/// <summary>What it costs to read and inject a manifest of 1,000 documents, beside the YAML library scanning its text.</summary>
[MemoryDiagnoser]
public class ManifestBenchmarks
{
    private const int Documents = 1_000;

    private string text = "";
    private IReadOnlyList<ManifestDocument> documents = [];

    /// <summary>What the documents are like: see <see cref="ManifestGenerator"/>.</summary>
    public enum Shape
    {
        /// <summary>A Deployment and its Service in turn; a quarter of the Deployments asks for credentials.</summary>
        Repository,

        /// <summary>Deployments with much in them, which all ask.</summary>
        Large,

        /// <summary>Deployments with as little as can be, which all ask.</summary>
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

    // The engine's work, and not that of a disk: records are kept in memory.
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

    /// <summary>An annotation more in each document; its line is read again to see that it came out right.</summary>
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
