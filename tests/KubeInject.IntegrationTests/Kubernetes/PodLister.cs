using System.Globalization;

namespace KubeInject.IntegrationTests.Kubernetes;

/// <summary>A process that lists the pods of a namespace, and tells how much memory that took; the tests run it beside them.</summary>
internal static class PodLister
{
    /// <summary>Prints how many pods there are, how many bytes one has, and how many MB above idle the process came.</summary>
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
