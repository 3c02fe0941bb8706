using System.Diagnostics;
using KubeInject.Files;

namespace KubeInject.IntegrationTests;

/// <summary>A process that is killed after it has written a temporary file and before it moves the file.</summary>
internal static class KilledWriter
{
    /// <summary>The process writes, prints a line, and waits until it is killed or its standard input ends.</summary>
    public static async Task RunAsync(string path)
    {
        using var replacement = FileReplacement.Prepare(path, keepsAll: false);
        await replacement.WriteAsync("password"u8.ToArray(), CancellationToken.None);
        await Console.Out.WriteLineAsync("written");
        await Console.In.ReadLineAsync();
    }

    /// <summary>Starts such a process and kills it (SIGKILL) after it has written.</summary>
    public static async Task KillAsync(string path)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(KilledWriter).Assembly.Location, "replace", path])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Assert.Equal("written", await process.StandardOutput.ReadLineAsync());
        process.Kill();
        await process.WaitForExitAsync();
    }
}
