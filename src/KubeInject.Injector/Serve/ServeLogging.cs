using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace KubeInject.Injector.Serve;

/// <summary>The log of a server, on standard error.</summary>
internal static class ServeLogging
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>Adds the log in the format of the settings.</summary>
    public static void Add(ILoggingBuilder logging, ServeOptions options)
    {
        logging.SetMinimumLevel(options.LogLevel);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (options.UsesJson)
        {
            logging.AddJsonConsole(console => (console.TimestampFormat, console.UseUtcTimestamp) = (TimeFormat, true));
        }
        else
        {
            logging.AddSimpleConsole(console => (console.TimestampFormat, console.UseUtcTimestamp, console.SingleLine, console.ColorBehavior)
                = ($"{TimeFormat} ", true, true, LoggerColorBehavior.Disabled));
        }
    }
}
