using KubeInject.Credentials;
using KubeInject.Kubernetes;
using KubeInject.Manifests;

namespace KubeInject.Injector;

/// <summary>Runs a command to its exit code, whatever happens.</summary>
internal static class Attempt
{
    /// <param name="stopped">What to say where it was stopped.</param>
    /// <param name="command">Does what the command is there for.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string stopped, Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (OperationCanceledException)
        {
            Messages.Error(stopped);
            return ExitCode.Stopped;
        }
        catch (Exception exception) when (exception is SettingException or FileNotFoundException or DirectoryNotFoundException)
        {
            return Usage.Fail(exception.Message);
        }
        catch (Exception exception) when (exception is KubeApiException or KubeConnectionException or CredentialException or ManifestException or IOException or InvalidDataException or UnauthorizedAccessException)
        {
            Messages.Error(exception.Message.ReplaceLineEndings(" "));
            return ExitCode.Failed;
        }
    }
}
