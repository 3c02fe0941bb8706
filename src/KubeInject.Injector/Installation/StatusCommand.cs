using System.CommandLine;
using KubeInject.Injector.Settings;
using KubeInject.Injector.Sources;
using KubeInject.Installation;

namespace KubeInject.Injector.Installation;

/// <summary><c>kubeinject status</c>: shows the state of the webhook and the controller.</summary>
internal static class StatusCommand
{
    private const string More = """
        Shows the pods, the leader, and the webhook of 'kubeinject install', and what does not work.

        Exit codes:
          0    everything works
          1    something does not work, or the cluster could not be read
          2    invalid command line or settings
          130  stopped
        """;

    public static Command Create()
    {
        var @namespace = new Option<string>("--namespace", "-n") { HelpName = "NAME", Description = "The namespace of the installation.", DefaultValueFactory = _ => InstallationOptions.DefaultName };
        var command = new Command("status", "Show the state of the webhook and the controller in a cluster.") { @namespace };
        var options = new SettingOptions(command, [AllSettings.Kubeconfig, AllSettings.Context, AllSettings.Timeout]);
        command.Options.Add(ExtendedHelp.Option(More));
        command.SetAction((parsed, stop) => CommandRunner.RunAsync("", () => options.Read(parsed), async (settings, cancellationToken) =>
        {
            using var cluster = new SourceBuilder(settings);
            var connection = await cluster.ConnectAsync(cancellationToken).ConfigureAwait(false);
            var status = await new InstallationStatusReader(connection.Objects).ReadAsync(parsed.GetValue(@namespace)!, cancellationToken).ConfigureAwait(false);
            Console.WriteLine($"Image:           {status.Image ?? "-"}");
            Console.WriteLine($"Pods:            {status.ReadyReplicas} of {status.Replicas} ready");
            Console.WriteLine($"Leader:          {status.Leader ?? "-"}");
            Console.WriteLine($"Failure policy:  {status.FailurePolicy ?? "-"}");
            Console.WriteLine($"Trusted until:   {(status.CertificateAuthorityEnd is { } end ? $"{end:u}" : "-")}");
            foreach (var problem in status.Problems)
                Messages.Error(problem);
            return status.IsReady ? ExitCode.Done : ExitCode.Failed;
        }, stop));
        return command;
    }
}
