using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using KubeInject.Kubernetes.Configuration;

namespace KubeInject.Kubernetes.Transport;

/// <summary>A running exec plugin. If reading is canceled, the plugin and its child processes are killed.</summary>
internal sealed partial class ExecPluginProcess : IDisposable
{
    private const int MaxOutputLength = 1 << 20;
    private const int MaxLineLength = 300;
    private const int MaxErrorLines = 5;

    // Child processes may keep the standard error open after the plugin has exited.
    private static readonly TimeSpan MaxWaitForError = TimeSpan.FromSeconds(1);

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

            // In interactive mode, the user must see the prompt.
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

    /// <summary>Reads the standard output until the plugin exits.</summary>
    /// <exception cref="FormatException">The output is too long.</exception>
    public async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var output = new StringBuilder();
            var buffer = new char[4096];
            int count;
            while ((count = await process.StandardOutput.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                output.Append(buffer, 0, count);
                if (output.Length > MaxOutputLength)
                    throw new FormatException($"writes more than {MaxOutputLength} characters");
            }

            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return output.ToString();
        }
        catch
        {
            Kill();
            throw;
        }
    }

    /// <summary>Gets the last lines of the standard error.</summary>
    public async Task<IReadOnlyList<string>> ReadErrorAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await error.WaitAsync(MaxWaitForError, cancellationToken).ConfigureAwait(false);
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
            while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
            {
                line = ControlSequence().Replace(line, "").Trim();
                if (line.Length == 0)
                    continue;
                lines.Enqueue(line.Length > MaxLineLength ? $"{line[..MaxLineLength]}…" : line);
                if (lines.Count > MaxErrorLines)
                    lines.Dequeue();
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The plugin was killed. Return the lines that were read.
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
            // The plugin has already exited, or the user is not permitted to kill it.
        }
    }

    [GeneratedRegex(@"\x1B\[[0-9;?]*[ -/]*[@-~]|\p{Cc}")]
    private static partial Regex ControlSequence();
}
