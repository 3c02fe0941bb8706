using System.CommandLine;
using KubeInject.Annotations;
using KubeInject.Injector.Settings;
using KubeInject.Injector.Sources;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Injector;

/// <summary><c>kubeinject list</c>: what the pods of a cluster ask for.</summary>
internal static class ListCommand
{
    private const string More = """
        Lists the pods that ask for credentials, or that something is the matter with, as their metadata arrives. What stands
        in their containers is not looked at: 'kubeinject check' does that.

        Examples:
          kubeinject list -A
          kubeinject list -n shop -l app=orders --format json
          kubeinject list -A --format names | xargs -n 1 kubectl get

        Exit codes:
          0    done
          1    the cluster could not be asked, or not within --timeout
          2    wrong usage; nothing was done
          130  stopped
        """;

    public static Command Create()
    {
        var allNamespaces = new Option<bool>("--all-namespaces", "-A") { Description = "Pods of every namespace." };
        var @namespace = new Option<string>("--namespace", "-n") { HelpName = "NS", Description = "Pods of this namespace. Default: that of the context." };
        var selector = new Option<string>("--selector", "-l") { HelpName = "SELECTOR", Description = "Only pods with these labels: 'app=orders,tier in (web,api)'." };
        var consistent = new Option<bool>("--consistent") { Description = "What is stored at this moment, in the order of namespaces and names. Default: what the API server remembers, which is as a rule the same and much faster, in whatever order it comes." };
        var format = new Option<string>("--format", "-o") { HelpName = "FORMAT", Description = "table, json or names.", DefaultValueFactory = _ => "table" };
        format.AcceptOnlyFromAmong("table", "json", "names");
        var command = new Command("list", "Lists what the pods of a cluster ask for.") { allNamespaces, @namespace, selector, consistent, format };
        var options = new SettingOptions(command, [AllSettings.Kubeconfig, AllSettings.Context, AllSettings.Timeout]);
        command.Options.Add(ExtendedHelp.Option(More));
        command.SetAction((parsed, stop) => CommandRunner.RunAsync("", () => options.Read(parsed), async (settings, cancellationToken) =>
        {
            using var cluster = new SourceBuilder(settings);
            var connection = await cluster.ConnectAsync(cancellationToken);
            var query = new KubeQuery
            {
                AllNamespaces = parsed.GetValue(allNamespaces),
                Namespace = parsed.GetValue(@namespace),
                LabelSelector = parsed.GetValue(selector),
                FromCache = !parsed.GetValue(consistent),
            };
            await using var output = new DisplayWriter(new StreamWriter(Console.OpenStandardOutput(), bufferSize: 64 * 1024));
            using var list = ListFormat.Create(parsed.GetValue(format)!, output);
            await foreach (var pods in connection.Objects.ListMetadataBatchesAsync(KubeResource.Pods, query, cancellationToken))
                list.Write([.. pods.SelectMany(pod => PodInjectionReader.ReadAll(pod, InjectionOptions.Default)).Where(Concerns)]);
            list.End();
            return ExitCode.Done;
        }, stop));
        return command;
    }

    private static bool Concerns(PodInjection injection) => injection.State != InjectionState.None || injection.Findings.Count > 0;
}
