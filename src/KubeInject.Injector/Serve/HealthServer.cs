using Microsoft.AspNetCore.Builder;

namespace KubeInject.Injector.Serve;

/// <summary>The server of the endpoints for health and metrics, for a controller without the webhook.</summary>
internal sealed class HealthServer : IAsyncDisposable
{
    /// <summary>The name of the controller in the text of <c>/readyz</c>.</summary>
    public const string Part = "controller";

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
        return new HealthServer(await ServeBuilder.StartAsync(options, readiness, TimeProvider.System, _ => { }, cancellationToken).ConfigureAwait(false), readiness);
    }

    /// <summary>Reports that the process is stopping.</summary>
    public void BeginStop() => readiness.Stop();

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
