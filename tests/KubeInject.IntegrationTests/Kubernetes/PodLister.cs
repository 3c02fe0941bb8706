using System.Globalization;

namespace KubeInject.IntegrationTests.Kubernetes;

/// <summary>A process that lists the pods of a namespace and reports how much memory it used.</summary>
internal static class PodLister
{
    /// <summary>Prints the number of pods, the bytes of one pod, and the peak memory above idle in MB.</summary>
    public static async Task RunAsync(string @namespace)
    {
        using var connection = await TestCluster.OpenAsync(@namespace: @namespace);
        GC.Collect();
        var idle = await KilobytesAsync("VmRSS:");
        var (count, bytes) = (0, 0);
        await foreach (var pod in connection.ListPodsAsync())
        {
            if (count++ == 0)
                bytes = pod.ToJson().Length;
        }

        Console.Write($"{count} {bytes} {(await KilobytesAsync("VmHWM:") - idle) / 1024}");
    }

    private static async Task<long> KilobytesAsync(string name)
    {
        var lines = await File.ReadAllLinesAsync("/proc/self/status");
        return long.Parse(lines.Single(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..^"kB".Length], CultureInfo.InvariantCulture);
    }
}
