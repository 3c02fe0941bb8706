using System.ComponentModel;
using System.Globalization;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Errors;

namespace KubeInject.Kubernetes.Transport;

/// <summary>Runs the exec plugin of a connection, and says what went wrong where it returns no credential.</summary>
/// <param name="plugin">The plugin.</param>
/// <param name="settings">The connection's settings.</param>
/// <param name="mask">Masks what is secret in what the plugin says about a failure.</param>
internal sealed class ExecPluginRunner(ExecPlugin plugin, ConnectionSettings settings, Func<string, string> mask)
{
    /// <exception cref="KubeConnectionException">The plugin returned no credential.</exception>
    public async Task<ExecCredential> RunAsync(CancellationToken cancellationToken)
    {
        var isInteractive = IsInteractive();
        var command = CommandPath.Find(plugin.Command, settings.Environment)
            ?? throw Failed($"is not installed or not executable: {(Path.IsPathRooted(plugin.Command) ? "the program was not found" : "the program was not found in PATH")}.{Hint()}");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(settings.Timeout);
        try
        {
            using var process = ExecPluginProcess.Start(command, plugin, ExecInfo.Write(plugin, settings, isInteractive), isInteractive);
            var output = await process.ReadAsync(limit.Token);
            return process.ExitCode == 0
                ? ExecCredential.Read(output, plugin)
                : throw Failed($"ended with exit code {process.ExitCode}{Said(await process.ReadErrorAsync(limit.Token))}");
        }
        catch (Win32Exception e)
        {
            throw Failed($"cannot be started: {e.Message}.{Hint()}", e);
        }
        catch (FormatException e)
        {
            // The cause is left out on purpose: it has seen what the plugin wrote.
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

    private string Said(IReadOnlyList<string> lines) =>
        lines.Count == 0 ? " without an error message." : $". Its error output: {mask(string.Join(" | ", lines))}";

    private string Hint() => string.IsNullOrWhiteSpace(plugin.InstallHint) ? "" : $" {Printable(plugin.InstallHint.Trim())}";

    /// <summary>A kubeconfig must not steer the terminal that a message is shown on.</summary>
    private static string Printable(string text) => string.Concat(text.Where(character => !char.IsControl(character) || character is '\n' or '\t'));

    private KubeConnectionException Failed(string why, Exception? cause = null) => new(
        KubeConnectionFailure.ExecPluginFailed,
        $"The exec plugin {plugin.Command}{(settings.Context is { } context ? $" of the context '{context}'" : "")} {why}",
        cause);
}
