using System.CommandLine;
using KubeInject.Injection.Workloads;
using KubeInject.Injector.Settings;
using KubeInject.Injector.Sources;
using KubeInject.Installation;

namespace KubeInject.Injector.Installation;

/// <summary><c>kubeinject install</c>: installs the webhook and the controller in a cluster, or prints their manifests.</summary>
internal static class InstallCommand
{
    private const string More = """
        Applies the manifests of the webhook and the controller with server-side apply, and waits until the pods are
        ready. Changes nothing if another injector selects the same pods.

        The settings of 'kubeinject serve' become part of the Deployment. Specify secrets, such as a password, as keys of
        the Secret kubeinject-settings in the namespace instead.

        Examples:
          kubeinject install --image registry.example.org/kubeinject:0.1.0 --set KUBEINJECT_SOURCE=vault
              --set KUBEINJECT_VAULT_ADDRESS=https://vault:8200 --set KUBEINJECT_VAULT_KUBERNETES_ROLE=kubeinject
          kubeinject install --print --image registry.example.org/kubeinject:0.1.0 > kubeinject.yaml

        Exit codes:
          0    installed and ready
          1    refused, failed, or not ready in time
          2    invalid command line or settings; nothing was done
          130  stopped
        """;

    public static Command Create()
    {
        var print = new Option<bool>("--print") { Description = "Print the manifests, and do not access a cluster." };
        var image = new Option<string>("--image") { HelpName = "IMAGE", Description = "The container image of this program. Required, except with --print." };
        var @namespace = new Option<string>("--namespace", "-n") { HelpName = "NAME", Description = "The namespace to install to. It is created if it does not exist. Default: kubeinject." };
        var set = new Option<string[]>("--set") { HelpName = "NAME=VALUE", Description = "A setting of 'kubeinject serve', by the name of its environment variable. Repeatable." };
        var replicas = new Option<int>("--replicas") { HelpName = "COUNT", Description = "The number of pods.", DefaultValueFactory = _ => new InstallationOptions().Replicas };
        replicas.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 10)
                result.AddError("--replicas must be a number from 1 to 10.");
        });
        var failurePolicy = new Option<string>("--failure-policy") { HelpName = "Fail|Ignore", Description = "What happens to pods that request credentials if the webhook does not answer: Fail refuses them, and Ignore creates them without credentials.", DefaultValueFactory = _ => "Fail" };
        failurePolicy.AcceptOnlyFromAmong("Fail", "Ignore");
        var namespaceLabel = new Option<string[]>("--namespace-label") { HelpName = "KEY=VALUE", Description = "A label that a namespace needs, so that the webhook acts on its pods. Repeatable. Default: all namespaces, except kube-system and the namespace of the installation." };
        var force = new Option<bool>("--force") { Description = "Install even if another injector selects the same pods or if no source of credentials is specified, and overwrite fields that another tool manages." };
        var noWait = new Option<bool>("--no-wait") { Description = "Do not wait until the pods are ready." };
        var command = new Command("install", "Install the webhook and the controller in a cluster, or print their manifests.") { print, image, @namespace, set, replicas, failurePolicy, namespaceLabel, force, noWait };
        var options = new SettingOptions(command, [AllSettings.InjectorLabel, AllSettings.Kubeconfig, AllSettings.Context, AllSettings.Timeout]);
        command.Options.Add(ExtendedHelp.Option(More));
        command.SetAction((parsed, stop) => CommandRunner.RunAsync("Run the command again to continue.", () => options.Read(parsed), async (settings, cancellationToken) =>
        {
            var what = Read(parsed, settings);
            if (parsed.GetValue(print))
            {
                Console.Write(InstallationManifests.Render(what));
                return ExitCode.Done;
            }

            if (parsed.GetValue(image) is null)
                throw new SettingException("Specify the container image with --image, or --print to print the manifests.");
            return await InstallAsync(settings, what, parsed.GetValue(force), !parsed.GetValue(noWait), cancellationToken).ConfigureAwait(false);
        }, stop));
        return command;

        InstallationOptions Read(ParseResult parsed, SettingsReader settings)
        {
            try
            {
                var defaults = new InstallationOptions();
                return new InstallationOptions
                {
                    Image = parsed.GetValue(image) ?? defaults.Image,
                    Namespace = parsed.GetValue(@namespace) ?? defaults.Namespace,
                    Replicas = parsed.GetValue(replicas),
                    FailurePolicy = parsed.GetValue(failurePolicy) == "Ignore" ? WebhookFailurePolicy.Ignore : WebhookFailurePolicy.Fail,
                    Annotations = settings.Annotations(),
                    NamespaceLabels = Pairs(namespaceLabel, parsed),
                    Settings = Pairs(set, parsed),
                };
            }
            catch (FormatException exception)
            {
                throw new SettingException(exception.Message);
            }
        }
    }

    private static async Task<int> InstallAsync(SettingsReader settings, InstallationOptions options, bool force, bool waits, CancellationToken cancellationToken)
    {
        using var cluster = new SourceBuilder(settings);
        var connection = await cluster.ConnectAsync(cancellationToken).ConfigureAwait(false);
        var installer = new Installer(connection.Objects);
        try
        {
            var objects = await installer.PlanAsync(options, force, cancellationToken).ConfigureAwait(false);
            await installer.ApplyAsync(objects, force, new WrittenLines<InstalledObject>(), cancellationToken).ConfigureAwait(false);
            if (waits)
                await installer.WaitAsync(options.Namespace, settings.Duration(AllSettings.Timeout) ?? Rollout.DefaultTimeout, null, cancellationToken).ConfigureAwait(false);
            return ExitCode.Done;
        }
        catch (InstallationException exception)
        {
            Messages.Error($"{exception.Message} To install anyway, specify --force.");
        }
        catch (RolloutException exception)
        {
            Messages.Error(exception.Message);
        }

        return ExitCode.Failed;
    }

    private static Dictionary<string, string> Pairs(Option<string[]> option, ParseResult parsed)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in parsed.GetValue(option) ?? [])
        {
            // The message does not contain the text, which can be a secret.
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw new SettingException($"{option.Name} requires a name and a value, such as {option.HelpName}.");
            pairs[text[..equals]] = text[(equals + 1)..];
        }

        return pairs;
    }
}
