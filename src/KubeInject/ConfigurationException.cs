namespace KubeInject;

/// <summary>The configuration of a connection is not valid: a kubeconfig, a certificate, a key or the ServiceAccount folder.</summary>
/// <remarks>The message names the entry and the file. It never contains a token, a key or a password.</remarks>
/// <param name="message">The problem with the entry and the file, in one sentence.</param>
public sealed class ConfigurationException(string message) : Exception(DisplayText.Escape(message.ReplaceLineEndings(" ").Trim()))
{
    /// <summary>The file with the problem; null if it is not in a single file.</summary>
    public string? File { get; init; }

    /// <summary>The line in <see cref="File"/>, starting at 1; null if it is unknown.</summary>
    public int? Line { get; init; }

    /// <summary>The column in <see cref="File"/>, starting at 1; null if it is unknown.</summary>
    public int? Column { get; init; }

    /// <summary>Whether no kubeconfig was found.</summary>
    internal bool IsKubeconfigMissing { get; init; }

    /// <summary>Creates an error for a location in a file. The message begins with the location.</summary>
    internal static ConfigurationException At(string file, long line, long column, string message) =>
        new($"{file}:{line}:{column}: {message}") { File = file, Line = (int)line, Column = (int)column };
}
