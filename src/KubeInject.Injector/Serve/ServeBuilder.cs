using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace KubeInject.Injector.Serve;

/// <summary>The common parts of the servers: the log, the endpoints, and the handling of signals.</summary>
internal static partial class ServeBuilder
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>Starts a server with the endpoints for health and metrics.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="readiness">What <c>/readyz</c> reports.</param>
    /// <param name="time">The clock.</param>
    /// <param name="listen">Adds other addresses, before that of the endpoints.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="IOException">An address is in use.</exception>
    public static async Task<WebApplication> StartAsync(ServeOptions options, Readiness readiness, TimeProvider time, Action<KestrelServerOptions> listen, CancellationToken cancellationToken)
    {
        // Without configuration from files and variables, which would change addresses and limits.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        AddLogging(builder.Logging, options);
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.Services.AddSingleton(time).AddSingleton(readiness).AddSingleton(options.Annotations).AddSingleton<ServeMetrics>().AddSingleton<WebhookEndpoints>();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            listen(kestrel);
            kestrel.Listen(options.HealthListen);
        });

        var app = builder.Build();
        app.Run(app.Services.GetRequiredService<WebhookEndpoints>().HandleAsync);
        try
        {
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ServeBuilder));
        var addresses = string.Join(" and ", AddressesOf(app));
        LogStarted(logger, addresses);
        return app;
    }

    /// <summary>The addresses that a server listens on.</summary>
    public static IEnumerable<string> AddressesOf(WebApplication app) => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;

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

    [LoggerMessage(Level = LogLevel.Information, Message = "Listening on {Addresses}.")]
    private static partial void LogStarted(ILogger logger, string addresses);

    /// <summary>Leaves signals to the command.</summary>
    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
