using System.CommandLine;
using KubeInject.Injector.Settings;

namespace KubeInject.Injector.Serve;

/// <summary><c>kubeinject serve</c>: runs in the cluster, and admits pods.</summary>
internal static class ServeCommand
{
    private const string Name = "serve";

    private const string More = """
        Runs in the cluster until it is stopped. The webhook adds variables to the pods that request credentials. It issues
        no credentials, and calls neither the API server nor a credential source.

        Endpoints:
          POST /mutate                     (HTTPS)  the webhook, for a MutatingWebhookConfiguration
          GET  /livez, /readyz, /metrics   (HTTP)   for the kubelet and for Prometheus

        Examples:
          kubeinject serve --role webhook --tls-cert /tls/tls.crt --tls-key /tls/tls.key
          kubeinject serve --config /etc/kubeinject/settings.yaml --log-format json


        """ + SettingsHelp.Text + """

        Exit codes:
          0    stopped by Ctrl+C or SIGTERM; all requests were answered
          1    the server could not start, or a request was not answered before the server had to stop
          2    invalid command line or settings
        """;

    public static Command Create()
    {
        var command = new Command(Name, "Run the admission webhook in a cluster.");
        var options = new SettingOptions(command, [.. AllSettings.OfServers, .. AllSettings.OfAnnotations]);
        command.Options.Add(ExtendedHelp.Option(More));
        command.SetAction((parsed, stop) => CommandRunner.RunAsync(
            "", () => options.Read(parsed), (settings, cancellationToken) => RunAsync(ServeOptions.Read(settings), cancellationToken), stop, isLimited: false));
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

    private static async Task<int> RunAsync(ServeOptions options, CancellationToken cancellationToken)
    {
        var server = await WebhookServer.StartAsync(options, cancellationToken).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return await server.StopAsync().ConfigureAwait(false) ? ExitCode.Done : ExitCode.Failed;
        }
    }
}
