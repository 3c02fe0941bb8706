using KubeInject.Credentials;
using KubeInject.Injector.Settings;
using KubeInject.Kubernetes.Errors;
using KubeInject.Manifests;

namespace KubeInject.Injector;

/// <summary>Runs a command, and reports its errors as messages and exit codes.</summary>
internal static class CommandRunner
{
    /// <param name="stopped">A sentence to add to the message when the command is stopped; empty for none.</param>
    /// <param name="read">Reads the settings. A <see cref="SettingException"/> is reported as an invalid command line.</param>
    /// <param name="command">The command; returns the exit code.</param>
    /// <param name="cancellationToken">Stops the command, which then ends with <see cref="ExitCode.Stopped"/>.</param>
    /// <param name="defaultTimeout">The time limit if the settings specify none; null for no limit.</param>
    /// <param name="isLimited">Whether the setting for the time limit applies. Default: true.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        string stopped, Func<SettingsReader> read, Func<SettingsReader, CancellationToken, Task<int>> command, CancellationToken cancellationToken, TimeSpan? defaultTimeout = null, bool isLimited = true)
    {
        try
        {
            var settings = read();
            var limit = new TimeLimit(isLimited ? settings.Duration(AllSettings.Timeout) ?? defaultTimeout : null, AllSettings.Timeout.Option, stopped);
            return await limit.RunAsync(token => command(settings, token), cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Messages.Error($"Stopped. {stopped}".TrimEnd());
            return ExitCode.Stopped;
        }
        catch (Exception exception) when (exception is SettingException or FileNotFoundException or DirectoryNotFoundException)
        {
            return Usage.Fail(exception.Message);
        }
        catch (Exception exception) when (exception is KubeApiException or KubeConnectionException or CredentialException or TimeoutException or ManifestException or IOException or InvalidDataException or UnauthorizedAccessException)
        {
            Messages.Error(exception.Message.ReplaceLineEndings(" "));
            return ExitCode.Failed;
        }
    }
}
