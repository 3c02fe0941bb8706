using KubeInject.Credentials;
using KubeInject.Diagnosis;
using KubeInject.Injection;
using KubeInject.Leases;
using KubeInject.Manifests;
using KubeInject.Testing;
using YamlDotNet.Core;

namespace KubeInject.Benchmarks;

/// <summary>The cost of reading, checking and injecting manifests, compared with the parser of the YAML library, which keeps nothing of the same text.</summary>
internal static class ManifestComparisons
{
    private const string Peer = "YamlDotNet, events only";

    // Records are kept in memory, so that no disk is measured.
    private static ManifestInjector Injector => new(new CredentialSource(new LocalCredentialIssuer(), new MemoryLeaseStore()));

    /// <summary>Returns the comparisons.</summary>
    /// <param name="documents">The number of documents of a manifest.</param>
    public static IEnumerable<Comparison> Of(int documents)
    {
        (string Name, string Text)[] manifests =
        [
            ("repository", string.Join("---\n", ManifestGenerator.Make(documents / 2))),
            ("large", string.Join("---\n", Enumerable.Range(0, documents).Select(ManifestGenerator.Large))),
            ("small", string.Join("---\n", Enumerable.Range(0, documents).Select(ManifestGenerator.Small))),
        ];
        foreach (var (name, text) in manifests)
        {
            yield return Comparison.Of($"manifest/read/{name}", Peer, () => Manifest.Parse(new ManifestText(text)), () => Scan(text));
            yield return new Comparison($"manifest/check/{name}", Peer, () => new PodDiagnostician().DiagnoseAsync(ManifestSource.FromText(text), CancellationToken.None), () => Task.FromResult(Scan(text))) { IsShort = true };
            yield return new Comparison($"manifest/plan/{name}", Peer, () => Injector.PlanAsync(ManifestSource.FromText(text), CancellationToken.None), () => Task.FromResult(Scan(text)));
            yield return new Comparison($"manifest/inject/{name}", Peer, () => InjectAsync(text), () => Task.FromResult(Scan(text))) { Goal = 3, IsShort = true };
        }
    }

    /// <summary>Parses a text and keeps nothing. Returns the number of events.</summary>
    public static int Scan(string text)
    {
        var parser = new Parser(new StringReader(text));
        var events = 0;
        while (parser.MoveNext())
            events++;
        return events;
    }

    /// <summary>Parses a file up to its first error, and keeps nothing. Returns the number of events; 0 if there is an error.</summary>
    public static int ScanFile(string path)
    {
        try
        {
            return Scan(File.ReadAllText(path));
        }
        catch (YamlException)
        {
            // A template of Helm, for example. The check reports it.
            return 0;
        }
    }

    private static async Task InjectAsync(string text)
    {
        var injector = Injector;
        var plan = await injector.PlanAsync(ManifestSource.FromText(text), CancellationToken.None);
        await injector.InjectAsync(plan, ManifestOutput.ToStream((_, _) => Task.CompletedTask), CancellationToken.None);
    }
}
