using KubeInject.IntegrationTests.Kubernetes;
using KubeInject.IntegrationTests.Leases;

namespace KubeInject.IntegrationTests;

/// <summary>The assembly as a program: processes that tests measure, or kill.</summary>
internal static class Program
{
    public static Task Main(string[] arguments) => arguments switch
    {
        ["list", var @namespace] => PodLister.RunAsync(@namespace),
        ["issue", var source, var place] => CrashProcess.RunAsync(source, place),
        ["replace", var path] => KilledWriter.RunAsync(path),
        _ => throw new ArgumentException("There is no such process."),
    };
}
