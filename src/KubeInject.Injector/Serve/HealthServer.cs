using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KubeInject.Injector.Serve;

/// <summary>The server of the endpoints for health and metrics, for a controller without the webhook.</summary>
internal sealed partial class HealthServer : IAsyncDisposable
{
    private const string Part = "controller";

    private readonly WebApplication app;
    private readonly Readiness readiness;

    private HealthServer(WebApplication app, Readiness readiness)
    {
        this.app = app;
        this.readiness = readiness;
    }

    /// <summary>Starts the server.</summary>
    /// <exception cref="IOException">The address is in use.</exception>
    public static async Task<HealthServer> StartAsync(ServeOptions options, ControllerHost controller, CancellationToken cancellationToken)
    {
        var readiness = new Readiness();
        readiness.Check(Part, () => controller.Problem);

        var builder = ServeBuilder.Create(options, readiness, TimeProvider.System);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
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

        var addresses = string.Join(" and ", app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses);
        var logger = app.Services.GetRequiredService<ILogger<HealthServer>>();
        LogStarted(logger, addresses);
        return new HealthServer(app, readiness);
    }

    /// <summary>Reports that the process is stopping.</summary>
    public void BeginStop() => readiness.Stop();

    public ValueTask DisposeAsync() => app.DisposeAsync();

    [LoggerMessage(Level = LogLevel.Information, Message = "Listening on {Addresses}.")]
    private static partial void LogStarted(ILogger logger, string addresses);
}
