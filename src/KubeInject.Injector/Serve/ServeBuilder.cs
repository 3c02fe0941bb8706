using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace KubeInject.Injector.Serve;

/// <summary>The common parts of the servers: the log, the endpoints, and the handling of signals.</summary>
internal static class ServeBuilder
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>Creates a builder without addresses.</summary>
    public static WebApplicationBuilder Create(ServeOptions options, Readiness readiness, TimeProvider time)
    {
        // Without configuration from files and variables, which would change addresses and limits.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        AddLogging(builder.Logging, options);
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.Services.AddSingleton(time).AddSingleton(readiness).AddSingleton(options.Annotations).AddSingleton<ServeMetrics>().AddSingleton<WebhookEndpoints>();
        return builder;
    }

    /// <summary>Adds the log on standard error, in the format of the settings.</summary>
    public static void AddLogging(ILoggingBuilder logging, ServeOptions options)
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

    /// <summary>Leaves signals to the command.</summary>
    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
