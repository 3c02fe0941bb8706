using System.CommandLine;
using KubeInject.Annotations;
using KubeInject.Annotations.Dialects;
using KubeInject.Diagnosis.Cluster;
using KubeInject.Injector.Settings;
using KubeInject.Injector.Sources;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Injector;

/// <summary><c>kubeinject list</c>: lists what the pods of a cluster request.</summary>
internal static class ListCommand
{
    private const string More = """
        Lists the pods that request credentials or that have findings, and the workloads whose annotations have no effect
        because they are not in the pod template. Reads only metadata; to check the containers of manifests also, use
        'kubeinject check'.

        Examples:
          kubeinject list -A
          kubeinject list -n shop -l app=orders --format json
          kubeinject list -A --format names | xargs -n 1 kubectl get

        Exit codes:
          0    done
          1    the cluster could not be read, or --timeout exceeded
          2    invalid command line or settings; nothing was done
          130  stopped
        """;

    public static Command Create()
    {
        var allNamespaces = new Option<bool>("--all-namespaces", "-A") { Description = "List the pods of all namespaces." };
        var @namespace = new Option<string>("--namespace", "-n") { HelpName = "NS", Description = "List the pods of this namespace. Default: the namespace of the context." };
        var selector = new Option<string>("--selector", "-l") { HelpName = "SELECTOR", Description = "List only pods with these labels: 'app=orders,tier in (web,api)'." };
        var consistent = new Option<bool>("--consistent") { Description = "Read the current state, in the order of namespaces and names. Default: read the cache of the API server, which is much faster and usually current, in no particular order." };
        var format = new Option<string>("--format", "-o") { HelpName = "FORMAT", Description = "The output format: table, json, or names.", DefaultValueFactory = _ => "table" };
        format.AcceptOnlyFromAmong("table", "json", "names");
        var command = new Command("list", "List what the pods of a cluster request.") { allNamespaces, @namespace, selector, consistent, format };
        var options = new SettingOptions(command, [.. AllSettings.OfAnnotations, AllSettings.Kubeconfig, AllSettings.Context, AllSettings.Timeout]);
        command.Options.Add(ExtendedHelp.Option(More));
        command.SetAction((parsed, stop) => CommandRunner.RunAsync("", () => options.Read(parsed), async (settings, cancellationToken) =>
        {
            var annotations = settings.Annotations();
            using var cluster = new SourceBuilder(settings);
            var connection = await cluster.ConnectAsync(cancellationToken).ConfigureAwait(false);
            var query = new KubeQuery
            {
                AllNamespaces = parsed.GetValue(allNamespaces),
                Namespace = parsed.GetValue(@namespace),
                LabelSelector = parsed.GetValue(selector),
                FromCache = !parsed.GetValue(consistent),
            };
            var output = new DisplayWriter(new StreamWriter(Console.OpenStandardOutput(), bufferSize: 64 * 1024));
            await using var _ = output.ConfigureAwait(false);
            using var list = ListFormat.Create(parsed.GetValue(format)!, output);

            // The list of pods is the longest, so its request is the first. Labels of pods do not select workloads.
            var pods = WritePodsAsync();
            var workloads = query.LabelSelector is null ? AnnotatedWorkloads.ReadAllAsync(connection.Objects, query, annotations, cancellationToken) : null;
            await Task.WhenAll(pods, workloads ?? Task.CompletedTask).ConfigureAwait(false);
            if (workloads is not null)
            {
                var (templates, problem) = await workloads.ConfigureAwait(false);
                list.Write([.. templates.SelectMany(template => PodInjections.ReadAll(template, annotations))]);
                if (problem is not null)
                    Messages.Note(problem);
            }

            list.End();
            return ExitCode.Done;

            async Task WritePodsAsync()
            {
                var batches = connection.Objects.ListMetadataBatchesAsync(KubeResource.Pods, query, cancellationToken);
                await foreach (var requests in PodInjections.ReadAllAsync(batches, annotations, cancellationToken).ConfigureAwait(false))
                    list.Write([.. requests.Where(IsRelevant)]);
            }
        }, stop));
        return command;
    }

    private static bool IsRelevant(PodInjection injection) => injection.State != InjectionState.None || injection.Findings.Count > 0;
}
