using KubeInject.Credentials;
using KubeInject.Injector.Settings;
using KubeInject.Kubernetes.Errors;
using KubeInject.Manifests;

namespace KubeInject.Injector;

/// <summary>Runs a command to its exit code, whatever happens.</summary>
internal static class CommandRunner
{
    /// <param name="stopped">What follows when the command is stopped.</param>
    /// <param name="read">Reads the settings.</param>
    /// <param name="command">Does what the command is there for.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="defaultTimeout">How long the command may take where the settings do not say; null for no limit.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        string stopped, Func<SettingsReader> read, Func<SettingsReader, CancellationToken, Task<int>> command, CancellationToken cancellationToken, TimeSpan? defaultTimeout = null)
    {
        try
        {
            var settings = read();
            var limit = new TimeLimit(settings.Duration(AllSettings.Timeout) ?? defaultTimeout, AllSettings.Timeout.Option, stopped);
            return await limit.RunAsync(token => command(settings, token), cancellationToken);
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
