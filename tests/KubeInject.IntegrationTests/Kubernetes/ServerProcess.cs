using System.Collections.Concurrent;
using System.Diagnostics;

namespace KubeInject.IntegrationTests.Kubernetes;

/// <summary>A server that a test starts with the command line that the rig writes for it. It ends with the process of the test at the latest.</summary>
internal sealed class ServerProcess : IDisposable
{
    private const int KeptLines = 20;

    private readonly Process process;
    private readonly ConcurrentQueue<string> lines = new();

    /// <summary>Starts the server.</summary>
    /// <param name="program">The name of the program: <c>kube-apiserver</c>.</param>
    /// <param name="flags">Flags that replace those of the same name in the rig's command line, or are added to it.</param>
    public ServerProcess(string program, IReadOnlyDictionary<string, string> flags)
    {
        var command = TestCluster.ReadText($"{program}.command").Split('\n')
            .Where(word => !flags.ContainsKey(word.Split('=')[0]))
            .Concat(flags.Select(flag => $"{flag.Key}={flag.Value}"));

        // The standard input ends when the process of the test ends for any reason, and ends the server.
        process = Process.Start(new ProcessStartInfo("bash", ["-c", "\"$@\" & read -r; kill -KILL $!; wait $!", "bash", .. command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The last lines that the server wrote.</summary>
    public string LastOutput => string.Join('\n', lines);

    /// <summary>Kills the server, and waits until it has ended.</summary>
    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null)
            lines.Enqueue(line);
        while (lines.Count > KeptLines)
            lines.TryDequeue(out _);
    }
}
