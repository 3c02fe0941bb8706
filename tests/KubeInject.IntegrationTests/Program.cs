using KubeInject.IntegrationTests.Kubernetes;
using KubeInject.IntegrationTests.Leases;
using KubeInject.IntegrationTests.Vault;
using KubeInject.IntegrationTests.Workloads;

namespace KubeInject.IntegrationTests;

/// <summary>The entry point of processes that tests start, measure or kill.</summary>
internal static class Program
{
    public static Task Main(string[] arguments) => arguments switch
    {
        ["list", var @namespace] => PodLister.RunAsync(@namespace),
        ["issue", var source, var place] => CrashProcess.RunAsync(source, place),
        ["replace", var path] => KilledWriter.RunAsync(path),
        ["vault"] => FakeVault.RunAsync(),
        ["recreate", var @namespace, var name, var folder] => PodRecreationTests.RecreateAsync(@namespace, name, folder),
        _ => throw new ArgumentException("There is no such process."),
    };
}
