using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using KubeInject.Kubernetes.Configuration;

namespace KubeInject.Kubernetes.Transport;

/// <summary>An exec plugin that runs. Whoever stops reading ends it, with all that it has started.</summary>
internal sealed partial class ExecPluginProcess : IDisposable
{
    private const int LongestOutput = 1 << 20;
    private const int LongestLine = 300;
    private const int LinesOfError = 5;

    // What the plugin has started may hold its standard error open; the plugin's own words are there by now.
    private static readonly TimeSpan LongestWaitForError = TimeSpan.FromSeconds(1);

    private readonly Process process;
    private readonly Task<List<string>> error;

    private ExecPluginProcess(Process process, bool hasError)
    {
        this.process = process;
        error = hasError ? ReadLastLinesAsync(process.StandardError) : Task.FromResult(new List<string>());
    }

    public int ExitCode => process.ExitCode;

    /// <exception cref="Win32Exception">The program cannot be started.</exception>
    public static ExecPluginProcess Start(string command, ExecPlugin plugin, string info, bool isInteractive)
    {
        var start = new ProcessStartInfo(command, plugin.Arguments.Select(argument => argument.Reveal()))
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,

            // Whoever may be asked something has to see the question.
            RedirectStandardInput = !isInteractive,
            RedirectStandardError = !isInteractive,
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (var variable in plugin.Variables)
            start.Environment[variable.Name] = variable.Value.Reveal();
        start.Environment[ExecInfo.Variable] = info;
        var process = Process.Start(start)!;
        if (!isInteractive)
            process.StandardInput.Close();
        return new ExecPluginProcess(process, !isInteractive);
    }

    /// <summary>Reads the standard output until the plugin has ended.</summary>
    /// <exception cref="FormatException">It does not come to an end.</exception>
    public async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var output = new StringBuilder();
            var buffer = new char[4096];
            int count;
            while ((count = await process.StandardOutput.ReadAsync(buffer, cancellationToken)) > 0)
            {
                output.Append(buffer, 0, count);
                if (output.Length > LongestOutput)
                    throw new FormatException($"writes more than {LongestOutput} characters");
            }

            await process.WaitForExitAsync(cancellationToken);
            return output.ToString();
        }
        catch
        {
            Kill();
            throw;
        }
    }

    /// <summary>The last lines of the standard error.</summary>
    public async Task<IReadOnlyList<string>> ReadErrorAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await error.WaitAsync(LongestWaitForError, cancellationToken);
        }
        catch (TimeoutException)
        {
            return [];
        }
    }

    public void Dispose() => process.Dispose();

    private static async Task<List<string>> ReadLastLinesAsync(StreamReader reader)
    {
        var lines = new Queue<string>();
        try
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                line = ControlSequence().Replace(line, "").Trim();
                if (line.Length == 0)
                    continue;
                lines.Enqueue(line.Length > LongestLine ? $"{line[..LongestLine]}…" : line);
                if (lines.Count > LinesOfError)
                    lines.Dequeue();
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The plugin was ended: what it said until then has to do.
        }

        return [.. lines];
    }

    private void Kill()
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended by itself, or is not ours to end.
        }
    }

    [GeneratedRegex(@"\x1B\[[0-9;?]*[ -/]*[@-~]|\p{Cc}")]
    private static partial Regex ControlSequence();
}
