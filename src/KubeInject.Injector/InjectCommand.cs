using System.CommandLine;
using KubeInject.Injection;
using KubeInject.Injector.Settings;
using KubeInject.Injector.Sources;
using KubeInject.Manifests;

namespace KubeInject.Injector;

/// <summary><c>kubeinject inject</c>: injects credentials into manifests.</summary>
internal static class InjectCommand
{
    private const string More = """
        Writes the result to standard output and a summary without secrets to standard error. A document that cannot be
        injected is left out of the output (with --in-place, it stays unchanged); the other documents are still injected. A
        file keeps its owner and permissions. If a file changes in the meantime, the change is kept and the new credentials
        are revoked.

        Examples:
          kubeinject inject orders.yaml --source local
          kubeinject inject deploy/ --recursive --source local --output injected/
          kubectl get deployment orders -o yaml | kubeinject inject - --source local --dry-run
          kubeinject inject orders.yaml --source vault --vault-address https://vault.example.org:8200
          kubeinject inject orders.yaml --source kube-secret --secret-pattern '{role}-db'
          kubeinject inject orders.yaml --source postgresql --delivery secret | kubectl apply -f -


        """ + SettingsHelp.Text + """

        Exit codes:
          0    done
          1    a document failed (the others were injected), or --timeout exceeded; undelivered credentials were revoked
          2    invalid command line or settings; nothing was done
          130  stopped; undelivered credentials were revoked
        """;

    public static Command Create()
    {
        var inputs = ManifestInputs.Argument();
        var output = new Option<DirectoryInfo>("--output", "-o") { HelpName = "DIR", Description = "Write each manifest to a file of the same name in this folder, instead of to standard output." };
        var inPlace = new Option<bool>("--in-place", "-i") { Description = "Write each manifest back to its file." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Report what would be injected. Issues nothing and writes nothing." };
        var delivery = new Option<string>("--delivery") { HelpName = "value|secret", DefaultValueFactory = _ => "value", Description = "How the containers get the credentials: as values of their variables, or from a Secret that is created in the cluster first." };
        delivery.AcceptOnlyFromAmong("value", "secret");
        var secretAsManifest = new Option<bool>("--secret-as-manifest") { Description = "With --delivery secret: write the Secrets before the manifests that refer to them, and create none in the cluster." };
        var recursive = ManifestInputs.Recursive();

        var command = new Command(
            "inject",
            "Inject the credentials that the annotations request into the pods of manifests. Nothing else is changed.")
        {
            inputs, output, inPlace, delivery, secretAsManifest, dryRun, recursive,
        };
        var options = new SettingOptions(command, [.. AllSettings.OfAnnotations, .. AllSettings.OfSources]);
        command.Options.Add(ExtendedHelp.Option(More));
        command.SetAction((parsed, stop) => CommandRunner.RunAsync("Undelivered credentials were revoked.", () => options.Read(parsed), async (settings, cancellationToken) =>
        {
            using var sources = new SourceBuilder(settings);
            _ = sources.SourceName();
            if (parsed.GetValue(inputs) is not { Length: > 0 } paths)
                return Usage.Fail(ManifestInputs.Missing);
            if (parsed.GetValue(output) is not null && parsed.GetValue(inPlace))
                return Usage.Fail("Specify --output or --in-place, not both.");
            var annotations = settings.Annotations();
            var deliveryOptions = new DeliveryOptions
            {
                Delivery = parsed.GetValue(delivery) == "secret" ? CredentialDelivery.Secret : CredentialDelivery.Value,
                SecretAsManifest = parsed.GetValue(secretAsManifest),
            };
            if (deliveryOptions is { SecretAsManifest: true, Delivery: CredentialDelivery.Value })
                return Usage.Fail("--secret-as-manifest requires --delivery secret.");

            // Find all paths first, so that a wrong path fails before any credentials are issued.
            var manifests = ManifestInputs.Find(paths, parsed.GetValue(recursive));
            var target = parsed.GetValue(inPlace) ? ManifestOutput.InPlace()
                : parsed.GetValue(output) is { } folder ? ManifestOutput.ToFolder(folder.ToString())
                : ManifestOutput.ToStream(WriteToStandardOutputAsync, takesSeveral: manifests.Count > 1);
            var credentials = await sources.BuildAsync(needsCluster: deliveryOptions is { Delivery: CredentialDelivery.Secret, SecretAsManifest: false }, cancellationToken).ConfigureAwait(false);
            return await RunAsync(manifests, new ManifestInjector(credentials, annotations, deliveryOptions), credentials.Notice, target, parsed.GetValue(dryRun), cancellationToken).ConfigureAwait(false);
        }, stop));
        return command;
    }

    private static async Task<int> RunAsync(
        List<ManifestSource> manifests, ManifestInjector injector, string? notice, ManifestOutput output, bool dryRun, CancellationToken cancellationToken)
    {
        var results = new List<ManifestResult>();
        try
        {
            await foreach (var plan in injector.PlanAllAsync(manifests, cancellationToken).ConfigureAwait(false))
                results.Add(dryRun ? plan.Result : await injector.InjectAsync(plan, output, cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            InjectionReport.Write(results);
        }

        if (notice is not null && results.SelectMany(result => result.Pods).Any(pod => pod.Status == InjectionStatus.Injected))
            Messages.Note(notice);
        return results.Exists(result => result.HasFailed) ? ExitCode.Failed : ExitCode.Done;
    }

    private static async Task WriteToStandardOutputAsync(string content, CancellationToken cancellationToken)
    {
        var output = Console.OpenStandardOutput();
        await output.WriteAsync(ManifestText.Encode(content), cancellationToken).ConfigureAwait(false);
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }
}
