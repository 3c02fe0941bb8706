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

    private readonly string text = string.Join("---\n", Enumerable.Range(0, Documents).Select(i => $"""
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: app-{i}   # one of many
        spec:
          template:
            metadata:
              labels: {"{"}app: app-{i}, vault-db-injector: "true"{"}"}
              annotations:
                db-creds-injector.numberly.io/orders.role: orders-rw
                db-creds-injector.numberly.io/orders.env-key-dbuser: PGUSER
                db-creds-injector.numberly.io/orders.env-key-dbpassword: PGPASSWORD
            spec:
              containers:
                - name: app
                  image: registry.example/app:1.0
                  env:
                    - name: PGHOST
                      value: orders-db

        """));

    private readonly IReadOnlyList<ManifestDocument> documents;

    public ManifestBenchmarks()
    {
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

    /// <summary>An annotation more in each document, which is read again to see that it came out right.</summary>
    [Benchmark]
    public int Edit() => documents.Sum(document => ManifestEditor.Apply(document, [new AddEntry(document.PodTemplates[0].Annotations!, "example.org/owner", "orders")]).Length);

    [Benchmark]
    public async Task<int> Plan() => (await Injector.PlanAsync(ManifestSource.FromText(text), CancellationToken.None)).Result.Pods.Count;

    [Benchmark]
    public async Task<int> Inject()
    {
        var written = 0;
        await Injector.InjectAsync(ManifestSource.FromText(text), ManifestOutput.ToStream((content, _) => Task.FromResult(written = content.Length)), CancellationToken.None);
        return written;
    }
}
