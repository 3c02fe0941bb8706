using System.CommandLine;
using KubeInject.Injector.Settings;
using KubeInject.Injector.Sources;
using KubeInject.Installation;

namespace KubeInject.Injector.Installation;

/// <summary><c>kubeinject uninstall</c>: deletes the webhook and the controller from a cluster.</summary>
internal static class UninstallCommand
{
    private const string More = """
        Deletes the objects of 'kubeinject install', the webhook first. Keeps the namespace and its Secrets, because lease
        records can be among them. Pods keep their credentials until these expire.

        Exit codes:
          0    uninstalled
          1    failed
          2    invalid command line or settings; nothing was done
          130  stopped
        """;

    public static Command Create()
    {
        var @namespace = new Option<string>("--namespace", "-n") { HelpName = "NAME", Description = "The namespace of the installation.", DefaultValueFactory = _ => InstallationOptions.DefaultName };
        var command = new Command("uninstall", "Delete the webhook and the controller from a cluster.") { @namespace };
        var options = new SettingOptions(command, [AllSettings.Kubeconfig, AllSettings.Context, AllSettings.Timeout]);
        command.Options.Add(ExtendedHelp.Option(More));
        command.SetAction((parsed, stop) => CommandRunner.RunAsync("Run the command again to continue.", () => options.Read(parsed), async (settings, cancellationToken) =>
        {
            using var cluster = new SourceBuilder(settings);
            var connection = await cluster.ConnectAsync(cancellationToken).ConfigureAwait(false);
            var installer = new Installer(connection.Objects);
            var name = parsed.GetValue(@namespace)!;
            var results = await installer.UninstallAsync(name, new WrittenLines<InstalledObject>(), cancellationToken).ConfigureAwait(false);
            if (results.Count == 0)
                Messages.Note($"Nothing of KubeInject is installed in the namespace {name}.");
            if (await installer.DescribeRemainingLeasesAsync(name, cancellationToken).ConfigureAwait(false) is { } remaining)
                Messages.Warning(remaining);
            return ExitCode.Done;
        }, stop));
        return command;
    }
}
