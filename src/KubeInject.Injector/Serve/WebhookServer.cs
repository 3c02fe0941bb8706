using System.Net.Security;
using System.Security.Authentication;
using KubeInject.Certificates;
using KubeInject.Injector.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KubeInject.Injector.Serve;

/// <summary>The server of the webhook and of the endpoints for health and metrics.</summary>
internal sealed partial class WebhookServer : IAsyncDisposable
{
    /// <summary>The longest time between a signal and the end of the process.</summary>
    public static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(10);

    // API servers learn a moment later that the server is not ready. Until then, they send further requests.
    private static readonly TimeSpan TimeUntilUnlisted = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan LongestDrain = LongestStop - TimeUntilUnlisted - TimeSpan.FromSeconds(1);

    private const string Part = "webhook";

    private readonly WebApplication app;
    private readonly Readiness readiness;
    private readonly TimeProvider time;
    private readonly ILogger logger;

    private WebhookServer(WebApplication app, Readiness readiness, TimeProvider time, ILogger logger)
    {
        this.app = app;
        this.readiness = readiness;
        this.time = time;
        this.logger = logger;
    }

    /// <summary>The addresses that the server listens on: first the webhook, then the other endpoints.</summary>
    public IReadOnlyList<Uri> Addresses => [.. ServeBuilder.AddressesOf(app).Select(address => new Uri(address))];

    /// <summary>Starts the server.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="certificates">The certificates. Null if the settings specify the files of a certificate.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <param name="time">The clock. Null for the system clock.</param>
    /// <exception cref="SettingException">The certificate or its key cannot be used.</exception>
    /// <exception cref="IOException">An address is in use.</exception>
    public static async Task<WebhookServer> StartAsync(ServeOptions options, CertificateManager? certificates, CancellationToken cancellationToken, TimeProvider? time = null)
    {
        var clock = time ?? TimeProvider.System;
        var readiness = new Readiness(Part);

        if (certificates is not null)
            readiness.Check("certificate", () => certificates.Problem);
        var app = await ServeBuilder.StartAsync(options, readiness, clock, kestrel => Listen(kestrel, options, certificates, clock), cancellationToken).ConfigureAwait(false);
        var server = new WebhookServer(app, readiness, clock, app.Services.GetRequiredService<ILogger<WebhookServer>>());
        readiness.Complete(Part);
        return server;
    }

    /// <summary>Shows the problems of a part in the text of <c>/readyz</c>. The server is ready nevertheless.</summary>
    public void Note(string part, Func<string?> problem) => readiness.Note(part, problem);

    /// <summary>Stops the server: it is no longer ready, then accepts no more requests, and answers the requests that it has.</summary>
    /// <returns>Whether all requests were answered.</returns>
    public async Task<bool> StopAsync()
    {
        readiness.Stop();
        LogStopping(logger);
        await Task.Delay(TimeUntilUnlisted, time, CancellationToken.None).ConfigureAwait(false);
        using var limit = new CancellationTokenSource(LongestDrain, time);
        try
        {
            await app.StopAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Reported below.
        }

        if (limit.IsCancellationRequested)
            LogNotAnswered(logger);
        return !limit.IsCancellationRequested;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static void Listen(KestrelServerOptions kestrel, ServeOptions options, CertificateManager? certificates, TimeProvider time)
    {
        var files = certificates is null ? ReadCertificate(options, kestrel.ApplicationServices.GetRequiredService<ILogger<ServingCertificate>>(), time) : null;
        kestrel.Limits.MaxRequestBodySize = null; // The admission limits it, with a clear message.
        kestrel.Listen(options.Listen, listener => listener.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = files?.Current ?? certificates?.Current ?? throw new AuthenticationException("There is no certificate yet."),
            }),
        }));
    }

    private static ServingCertificate ReadCertificate(ServeOptions options, ILogger logger, TimeProvider time)
    {
        try
        {
            return new ServingCertificate(options.TlsCert, options.TlsKey, logger, time);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ConfigurationException)
        {
            throw new SettingException($"{AllSettings.TlsCert.Option} and {AllSettings.TlsKey.Option}: {exception.Message}");
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopping.")]
    private static partial void LogStopping(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stopped before all requests were answered.")]
    private static partial void LogNotAnswered(ILogger logger);
}
