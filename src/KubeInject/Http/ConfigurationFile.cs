namespace KubeInject.Http;

/// <summary>Reads configuration files of a connection. Errors name the file and its purpose.</summary>
internal static class ConfigurationFile
{
    public static string Read(string path, string purpose) =>
        TryRead(path, purpose) ?? throw new ConfigurationException($"The {purpose} file {path} does not exist.") { File = path };

    /// <summary>Reads a file that does not have to exist.</summary>
    /// <returns>The content; null if the file does not exist.</returns>
    public static string? TryRead(string path, string purpose)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ConfigurationException($"The {purpose} file {path} cannot be read: {e.Message}") { File = path };
        }
    }
}
