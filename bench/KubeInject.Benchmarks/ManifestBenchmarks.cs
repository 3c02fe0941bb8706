using BenchmarkDotNet.Attributes;
using KubeInject.Injection;
using KubeInject.Leases;
using KubeInject.Manifests;
using YamlDotNet.Core;

namespace KubeInject.Benchmarks;

/// <summary>What it costs to read and inject a manifest of 1,000 documents, beside the YAML library scanning its text.</summary>
[MemoryDiagnoser]
public class ManifestBenchmarks
{
    private const int Documents = 1_000;

    private readonly ManifestInjector injector = new(CredentialSource.CreateLocal(Path.Combine(Path.GetTempPath(), "kubeinject-bench")));

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

    [Benchmark]
    public async Task<int> Plan() => (await injector.PlanAsync(ManifestSource.FromText(text), CancellationToken.None)).Pods.Count;
}
