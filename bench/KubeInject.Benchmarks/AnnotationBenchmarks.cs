using System.Globalization;
using BenchmarkDotNet.Attributes;
using KubeInject.Annotations;
using KubeInject.Annotations.Dialects;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Benchmarks;

/// <summary>The cost of reading the annotations of a pod. Each pod has different keys and values, as in a cluster.</summary>
[MemoryDiagnoser]
public class AnnotationBenchmarks
{
    private const int Pods = 1_000;

    private readonly Dictionary<int, PodTemplate> many = new[] { 10, 100, 1_000 }.ToDictionary(count => count, WithDatabases);
    private readonly PodTemplate[] silent = Make(_ => []);
    private readonly PodTemplate[] pending = Make(_ => TwoDatabases());
    private readonly PodTemplate[] injected = Make(_ => [.. TwoDatabases(), (InjectionAnnotation.Uuid, $"{Guid.NewGuid()},{Guid.NewGuid()}")]);

    /// <summary>Ten annotations, none of which is for an injector.</summary>
    [Benchmark(OperationsPerInvoke = Pods)]
    public int Silent() => Read(silent);

    /// <summary>Two databases in classic mode, and four other annotations.</summary>
    [Benchmark(OperationsPerInvoke = Pods)]
    public int Pending() => Read(pending);

    /// <summary>The same, injected.</summary>
    [Benchmark(OperationsPerInvoke = Pods)]
    public int Injected() => Read(injected);

    /// <summary>One pod with many databases without variable names, so that each has findings: shows any cost that grows faster than the number of keys.</summary>
    [Benchmark]
    [Arguments(10)]
    [Arguments(100)]
    [Arguments(1_000)]
    public int Many(int keys) => PodInjections.ReadAll(many[keys], InjectionOptions.Default)[0].Findings.Count;

    private static int Read(PodTemplate[] pods)
    {
        var databases = 0;
        foreach (var pod in pods)
            databases += PodInjections.ReadAll(pod, InjectionOptions.Default)[0].Databases.Count;
        return databases;
    }

    private static (string Key, string Value)[] TwoDatabases() =>
    [
        .. from name in (string[])["orders", "stock"]
           from setting in (string[])["role", "env-key-dbuser", "env-key-dbpassword"]
           select (InjectionAnnotation.ForDatabase(name, setting), setting == "role" ? $"{name}-rw" : $"{name}-{setting}".Replace('-', '_').ToUpperInvariant()),
    ];

    private static PodTemplate WithDatabases(int count) => new()
    {
        Object = new ObjectReference("Pod", "shop", "orders"),
        Annotations = Enumerable.Range(0, count).ToDictionary(i => InjectionAnnotation.ForDatabase($"orders-{i}", "role"), _ => "orders-rw"),
    };

    // Ten typical annotations per pod: those that are read, and others.
    private static PodTemplate[] Make(Func<int, (string Key, string Value)[]> asked) => [.. Enumerable.Range(0, Pods).Select(i =>
    {
        var own = asked(i);
        (string Key, string Value)[] others =
        [
            ("kubectl.kubernetes.io/restartedAt", "2026-01-02T03:04:05Z"),
            ("prometheus.io/scrape", "true"),
            ("cluster-autoscaler.kubernetes.io/safe-to-evict", "true"),
            ("checksum/config", Guid.NewGuid().ToString("N")),
            ("prometheus.io/port", "8080"),
            ("cni.projectcalico.org/podIP", string.Create(CultureInfo.InvariantCulture, $"10.1.{i / 250}.{i % 250}/32")),
            ("k8s.v1.cni.cncf.io/network-status", "[]"),
            ("kubernetes.io/config.source", "api"),
            ("seccomp.security.alpha.kubernetes.io/pod", "runtime/default"),
            ("container.apparmor.security.beta.kubernetes.io/app", "runtime/default"),
        ];
        var labels = new Dictionary<string, string> { ["app"] = "orders", ["pod-template-hash"] = $"{i:x}", [own.Length > 0 ? "vault-db-injector" : "tier"] = "true" };
        return new PodTemplate
        {
            Object = new ObjectReference("Pod", "shop", string.Create(CultureInfo.InvariantCulture, $"orders-{i}")),
            Labels = labels.ToDictionary(pair => new string(pair.Key.AsSpan()), pair => pair.Value),
            Annotations = own.Concat(others.Take(own.Length > 0 ? 4 : 10)).ToDictionary(pair => new string(pair.Key.AsSpan()), pair => pair.Value),
        };
    })];
}
