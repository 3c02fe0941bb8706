using System.CommandLine;
using KubeInject.Diagnosis;
using KubeInject.Injection.Workloads;
using KubeInject.Injector.Settings;
using KubeInject.Injector.Sources;
using KubeInject.Manifests;

namespace KubeInject.Injector;

/// <summary><c>kubeinject explain</c>: explains step by step how pods get their credentials.</summary>
internal static class ExplainCommand
{
    private const string More = """
        Explains what a pod requests, what injects the credentials, what the injection requires, what fails, and how to fix
        it. Changes nothing and issues no credentials.

        Examples:
          kubeinject explain orders.yaml
          kubectl get pod orders-1 -o yaml | kubeinject explain - --cluster
          kubeinject explain deployment/orders -n shop
          kubeinject explain pod/orders-1 -n shop --source vault --vault-address https://vault.example.org:8200


        """ + SettingsHelp.Text + """

        Exit codes:
          0    explained; no step fails
          1    a step fails, a manifest or object cannot be read, or --timeout exceeded
          2    invalid command line or settings
          130  stopped
        """;

    public static Command Create()
    {
        var inputs = new Argument<string[]>("input")
        {
            Arity = ArgumentArity.ZeroOrMore,
            HelpName = "FILE|-|pod/NAME|deployment/NAME",
            Description = "Manifests (files, folders, or - for standard input), or pods and workloads of the cluster by kind and name.",
        };
        ManifestInputs.RefuseOptions(inputs);
        var cluster = new Option<bool>("--cluster") { Description = "Check against the cluster also. Implied for pods and workloads that are specified by kind and name." };
        var @namespace = new Option<string>("--namespace", "-n") { HelpName = "NAME", Description = "The namespace of pods and workloads that are specified by kind and name. Default: the namespace of the kubeconfig's context." };
        var command = new Command("explain", "Explain why pods get their credentials, or why not.") { inputs, cluster, @namespace };
        var options = new SettingOptions(command, [.. AllSettings.OfAnnotations, .. AllSettings.OfSources]);
        command.Options.Add(ExtendedHelp.Option(More));
        command.SetAction((parsed, stop) => CommandRunner.RunAsync("", () => options.Read(parsed), async (settings, cancellationToken) =>
        {
            if (parsed.GetValue(inputs) is not { Length: > 0 } names)
                return Usage.Fail("Specify manifests, - for standard input, or a pod or workload of the cluster, such as deployment/orders.");
            using var diagnosticians = new DiagnosticianBuilder(settings);
            var live = names.Where(IsWorkload).ToHashSet(StringComparer.Ordinal);
            var manifests = names.Where(name => !live.Contains(name)).Distinct(StringComparer.Ordinal).ToDictionary(name => name, name => ManifestInputs.Find([name], recursive: false), StringComparer.Ordinal);
            var diagnostician = await diagnosticians.BuildAsync(settings.Annotations(), parsed.GetValue(cluster) || live.Count > 0, cancellationToken).ConfigureAwait(false);
            var workloadNamespace = live.Count > 0 ? parsed.GetValue(@namespace) ?? (await diagnosticians.ConnectAsync(cancellationToken).ConfigureAwait(false)).Namespace : "";
            var diagnoses = new List<PodDiagnosis>();
            var errors = new List<string>();
            foreach (var name in names)
            {
                if (live.Contains(name))
                    diagnoses.Add(await diagnostician.DiagnoseAsync(WorkloadName.Parse(name, workloadNamespace), cancellationToken).ConfigureAwait(false));
                else
                    diagnoses.AddRange(await DiagnoseAsync(diagnostician, manifests[name], errors, cancellationToken).ConfigureAwait(false));
            }

            foreach (var error in errors)
                Messages.Error(error);
            return Write(diagnoses, errors.Count > 0);
        }, stop));
        return command;
    }

    private static async Task<List<PodDiagnosis>> DiagnoseAsync(PodDiagnostician diagnostician, List<ManifestSource> manifests, List<string> errors, CancellationToken cancellationToken)
    {
        var diagnoses = new List<PodDiagnosis>();
        foreach (var manifest in manifests)
            diagnoses.AddRange(await diagnostician.DiagnoseAsync(manifest, Report, cancellationToken).ConfigureAwait(false));
        return diagnoses;

        void Report(ManifestDocument document)
        {
            if (document.Error is { } error)
                errors.Add(error.Message);
        }
    }

    private static int Write(List<PodDiagnosis> diagnoses, bool hasErrors)
    {
        if (diagnoses.Count == 0)
            Messages.Note("The input contains no pod and no pod template.");
        foreach (var (diagnosis, index) in diagnoses.Select((diagnosis, index) => (diagnosis, index)))
        {
            if (index > 0)
                Console.WriteLine();
            foreach (var line in Explanation.Of(diagnosis).Lines)
                Console.WriteLine(line);
        }

        return hasErrors || diagnoses.Exists(diagnosis => diagnosis.FirstFailed is not null) ? ExitCode.Failed : ExitCode.Done;
    }

    /// <summary>Whether an input names a workload, such as <c>deployment/orders</c>. An existing path takes precedence.</summary>
    private static bool IsWorkload(string name) => !Path.Exists(name) && WorkloadName.IsName(name);
}
