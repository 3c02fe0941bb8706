using System.ComponentModel;
using System.Globalization;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Errors;

namespace KubeInject.Kubernetes.Transport;

/// <summary>Runs the exec plugin of a connection and reports its failures.</summary>
/// <param name="plugin">The plugin.</param>
/// <param name="settings">The settings of the connection.</param>
/// <param name="mask">Masks secrets in the error output of the plugin.</param>
internal sealed class ExecPluginRunner(ExecPlugin plugin, ConnectionSettings settings, Func<string, string> mask)
{
    /// <exception cref="KubeConnectionException">The plugin returned no credential.</exception>
    public async Task<ExecCredential> RunAsync(CancellationToken cancellationToken)
    {
        var isInteractive = IsInteractive();
        var command = CommandPath.Find(plugin.Command, settings.Environment)
            ?? throw Failed($"is not installed or not executable: {(Path.IsPathRooted(plugin.Command) ? "the program was not found" : "the program was not found in PATH")}.{ArgumentHint()}{Hint()}");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(settings.Timeout);
        try
        {
            using var process = ExecPluginProcess.Start(command, plugin, ExecInfo.Write(plugin, settings, isInteractive), isInteractive);
            var output = await process.ReadAsync(limit.Token).ConfigureAwait(false);
            return process.ExitCode == 0
                ? ExecCredential.Read(output, plugin)
                : throw Failed($"ended with exit code {process.ExitCode}{ErrorOutput(await process.ReadErrorAsync(limit.Token).ConfigureAwait(false))}");
        }
        catch (Win32Exception e)
        {
            throw Failed($"cannot be started: {e.Message}.{Hint()}", e);
        }
        catch (FormatException e)
        {
            // No inner exception, because it could quote the output of the plugin.
            throw Failed($"{e.Message}.");
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed(string.Create(CultureInfo.InvariantCulture, $"did not finish within {settings.Timeout.TotalSeconds:0.###} s and was stopped."), e);
        }
    }

    private bool IsInteractive()
    {
        var hasTerminal = plugin.InteractiveMode != ExecInteractiveMode.Never && settings.Environment.HasTerminal();
        return hasTerminal || plugin.InteractiveMode != ExecInteractiveMode.Always
            ? hasTerminal
            : throw Failed("requires user input (interactiveMode Always), but the standard input is not a terminal.");
    }

    private string ErrorOutput(IReadOnlyList<string> lines) =>
        lines.Count == 0 ? " without an error message." : $". Its error output: {mask(string.Join(" | ", lines))}";

    private string ArgumentHint() => plugin.Command.Any(char.IsWhiteSpace) ? " If the command contains arguments, move them to args." : "";

    private string Hint() => string.IsNullOrWhiteSpace(plugin.InstallHint) ? "" : $" {Printable(plugin.InstallHint.Trim())}";

    /// <summary>Removes control characters, so that a kubeconfig cannot control the terminal.</summary>
    private static string Printable(string text) => string.Concat(text.Where(character => !char.IsControl(character) || character is '\n' or '\t'));

    private KubeConnectionException Failed(string problem, Exception? cause = null) => new(
        KubeConnectionFailure.ExecPluginFailed,
        $"The exec plugin {plugin.Command}{(settings.Context is { } context ? $" of the context '{context}'" : "")} {problem}",
        cause);
}
