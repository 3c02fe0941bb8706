namespace KubeInject;

/// <summary>A kubeconfig, a certificate, a key or the ServiceAccount folder does not say how to connect.</summary>
/// <remarks>The message names the entry and the file. It never holds a token, a key or a password.</remarks>
/// <param name="message">What is the matter, with the entry and the file, in one sentence.</param>
public sealed class ConfigurationException(string message) : Exception(DisplayText.Escape(message.ReplaceLineEndings(" ").Trim()))
{
    /// <summary>The file that it is about; null where no single file is at fault.</summary>
    public string? File { get; init; }

    /// <summary>The line in <see cref="File"/>, counted from 1; null where no line can be named.</summary>
    public int? Line { get; init; }

    /// <summary>The column in <see cref="File"/>, counted from 1; null where no column can be named.</summary>
    public int? Column { get; init; }

    /// <summary>An error at a place of a file; the place stands in front of the message.</summary>
    internal static ConfigurationException At(string file, long line, long column, string message) =>
        new($"{file}:{line}:{column}: {message}") { File = file, Line = (int)line, Column = (int)column };
}
