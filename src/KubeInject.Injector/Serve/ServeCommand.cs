using System.CommandLine;
using KubeInject.Certificates;
using KubeInject.Injector.Settings;

namespace KubeInject.Injector.Serve;

/// <summary><c>kubeinject serve</c>: runs in the cluster, admits pods, and issues their credentials.</summary>
internal static class ServeCommand
{
    private const string Name = "serve";

    private const string More = """
        Runs in the cluster until it is stopped. The webhook adds variables to the pods that request credentials. It issues
        no credentials, and calls neither the API server nor a credential source to admit a pod. The controller issues the credentials of
        these pods, renews them, and revokes them when the pods no longer exist or have finished. If several controllers
        run, one of them leads, and the others wait.

        The webhook manages its certificate in a Secret and in the MutatingWebhookConfiguration, unless you specify a
        certificate.

        Endpoints:
          POST /mutate                     (HTTPS)  the webhook, for a MutatingWebhookConfiguration
          GET  /livez, /readyz, /metrics   (HTTP)   for the kubelet and for Prometheus

        Examples:
          kubeinject serve --role webhook
          kubeinject serve --role webhook --tls-cert /tls/tls.crt --tls-key /tls/tls.key
          kubeinject serve --role controller --source vault --vault-kubernetes-role kubeinject
          kubeinject serve --config /etc/kubeinject/settings.yaml --log-format json


        """ + SettingsHelp.Text + """

        Exit codes:
          0    stopped by Ctrl+C or SIGTERM; all requests were answered, and no operation was interrupted
          1    the server could not start, or had to stop before a request was answered or an operation was completed
          2    invalid command line or settings
        """;

    public static Command Create()
    {
        var command = new Command(Name, "Run the admission webhook and the controller in a cluster.");
        var options = new SettingOptions(command, AllSettings.OfServersWithSources);
        command.Options.Add(ExtendedHelp.Option(More));
        command.SetAction((parsed, stop) => CommandRunner.RunAsync(
            "", () => options.Read(parsed), (settings, cancellationToken) => RunAsync(settings, ServeOptions.Read(settings), cancellationToken), stop, isLimited: false));
        return command;
    }

    /// <summary>Returns how the command reacts to signals. A server needs more time to stop than other commands.</summary>
    public static InvocationConfiguration ConfigurationFor(ParseResult parsed)
    {
        var configuration = new InvocationConfiguration();
        if (parsed.CommandResult.Command.Name == Name)
            configuration.ProcessTerminationTimeout = WebhookServer.LongestStop;
        return configuration;
    }

    private static async Task<int> RunAsync(SettingsReader settings, ServeOptions options, CancellationToken cancellationToken)
    {
        if (!options.RunsController)
            return await RunWebhookAsync(settings, options, null, cancellationToken).ConfigureAwait(false);
        var controller = await ControllerHost.StartAsync(settings, options, cancellationToken).ConfigureAwait(false);
        await using (controller.ConfigureAwait(false))
        {
            return options.RunsWebhook
                ? await RunWebhookAsync(settings, options, controller, cancellationToken).ConfigureAwait(false)
                : await RunControllerAsync(options, controller, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<int> RunWebhookAsync(SettingsReader settings, ServeOptions options, ControllerHost? controller, CancellationToken cancellationToken)
    {
        if (options.ManagedCertificate is not { } managed)
            return await RunWebhookAsync(options, null, controller, cancellationToken).ConfigureAwait(false);
        var certificates = CertificateHost.Start(settings, options, managed);
        await using (certificates.ConfigureAwait(false))
        {
            return await RunWebhookAsync(options, certificates.Manager, controller, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<int> RunWebhookAsync(ServeOptions options, CertificateManager? certificates, ControllerHost? controller, CancellationToken cancellationToken)
    {
        var server = await WebhookServer.StartAsync(options, certificates, cancellationToken).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            if (controller is not null)
                server.Note(HealthServer.Part, () => controller.Problem);
            await UntilStoppedAsync(controller, cancellationToken).ConfigureAwait(false);
            var stopped = await Task.WhenAll(server.StopAsync(), controller?.StopAsync() ?? Task.FromResult(true)).ConfigureAwait(false);
            return stopped.All(inTime => inTime) ? ExitCode.Done : ExitCode.Failed;
        }
    }

    private static async Task<int> RunControllerAsync(ServeOptions options, ControllerHost controller, CancellationToken cancellationToken)
    {
        var server = await HealthServer.StartAsync(options, controller, cancellationToken).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            await UntilStoppedAsync(controller, cancellationToken).ConfigureAwait(false);
            server.BeginStop();
            return await controller.StopAsync().ConfigureAwait(false) ? ExitCode.Done : ExitCode.Failed;
        }
    }

    private static async Task UntilStoppedAsync(ControllerHost? controller, CancellationToken cancellationToken)
    {
        var stopped = Task.Delay(Timeout.Infinite, cancellationToken);
        await (controller is null ? stopped : Task.WhenAny(stopped, controller.Completion)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
