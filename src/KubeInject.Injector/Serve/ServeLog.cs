using Microsoft.Extensions.Logging;

namespace KubeInject.Injector.Serve;

/// <summary>Writes the messages of a part of the program that has no server to the log.</summary>
internal sealed partial class ServeLog : IProgress<ServerMessage>, IDisposable
{
    private readonly ILoggerFactory loggers;
    private readonly ILogger logger;

    /// <param name="options">The settings.</param>
    /// <param name="part">The type that writes the messages.</param>
    public ServeLog(ServeOptions options, Type part)
    {
        loggers = LoggerFactory.Create(logging => ServeBuilder.AddLogging(logging, options));
        logger = loggers.CreateLogger(part);
    }

    public void Report(ServerMessage value)
    {
        if (value.IsWarning)
            LogWarning(logger, value.Text);
        else
            LogInformation(logger, value.Text);
    }

    public void Dispose() => loggers.Dispose();

    [LoggerMessage(Level = LogLevel.Information, Message = "{Text}")]
    private static partial void LogInformation(ILogger logger, string text);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Text}")]
    private static partial void LogWarning(ILogger logger, string text);
}
