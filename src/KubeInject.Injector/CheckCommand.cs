using System.CommandLine;
using KubeInject.Injector.Reports;
using KubeInject.Injector.Settings;
using KubeInject.Injector.Sources;

namespace KubeInject.Injector;

/// <summary><c>kubeinject check</c>: reports problems with the annotations in manifests.</summary>
internal static class CheckCommand
{
    private const string More = """
        Writes the findings to standard output and a summary to standard error. Changes nothing and issues no credentials.
        A comment in a manifest silences findings of its document: # kubeinject: ignore KI013 The label is added later.
        For the manifests of a folder and its subfolders, the file .kubeinject.yaml can have the settings exclude-code, exclude,
        injector-label and default-mount. It is searched for up to the root of the repository.

        Examples:
          kubeinject check deploy/ --recursive
          helm template . | kubeinject check - --strict
          kubeinject check deploy/ -R --format github
          kubeinject check deploy/ -R --format sarif > kubeinject.sarif
          kubeinject check . -R --exclude charts --exclude-code KI013
          kubeinject check orders.yaml --cluster --source vault --vault-address https://vault.example.org:8200


        """ + SettingsHelp.Text + """

        Exit codes:
          0    no errors; with --strict, no warnings either
          1    errors (with --strict, warnings also), a manifest that cannot be read (the others were checked), or --timeout exceeded
          2    invalid command line or settings; nothing was checked
          130  stopped
        """;

    public static Command Create()
    {
        var inputs = ManifestInputs.Argument();
        var recursive = ManifestInputs.Recursive();
        var cluster = new Option<bool>("--cluster") { Description = "Check against the cluster also: ServiceAccounts, webhooks, events. Default: check only the manifests." };
        var strict = new Option<bool>("--strict") { Description = "Exit with 1 on warnings as well." };
        var format = new Option<string>("--format") { HelpName = string.Join('|', ReportFormats.Names), DefaultValueFactory = _ => ReportFormats.Default, Description = "The format of the findings: for people (text), for programs (json), for code scanning (sarif), or as annotations of a GitHub Actions run (github)." };
        format.AcceptOnlyFromAmong([.. ReportFormats.Names]);
        var command = new Command("check", "Check the injection annotations in manifests, and report problems and their remedies.")
        {
            inputs, recursive, cluster, strict, format,
        };
        var options = new SettingOptions(command, [.. AllSettings.OfChecks, .. AllSettings.OfAnnotations, .. AllSettings.OfSources]);
        command.Options.Add(ExtendedHelp.Option(More));
        command.SetAction((parsed, stop) => CommandRunner.RunAsync("", () => options.Read(parsed), async (settings, cancellationToken) =>
        {
            if (parsed.GetValue(inputs) is not { Length: > 0 } paths)
                return Usage.Fail(ManifestInputs.Missing);

            // Read all settings first, so that a wrong setting fails before anything is checked.
            var repository = new RepositorySettings(Environment.CurrentDirectory);
            var manifests = ManifestInputs.Find(paths, parsed.GetValue(recursive))
                .Select(manifest => (Manifest: manifest, File: repository.Of(manifest)))
                .Select(entry => (entry.Manifest, entry.File, Annotations: settings.WithDefaults(entry.File).Annotations())).ToList();
            var filters = manifests.Select(entry => entry.File).OfType<SettingsFile>().Distinct().ToDictionary(file => file, CheckFilter.Read);
            using var diagnosticians = new DiagnosticianBuilder(settings);
            var check = new ManifestCheck(CheckFilter.Read(settings));
            foreach (var (manifest, file, annotations) in manifests)
            {
                var diagnostician = await diagnosticians.BuildAsync(annotations, parsed.GetValue(cluster), cancellationToken).ConfigureAwait(false);
                await check.AddAsync(manifest, diagnostician, file is null ? null : filters[file], cancellationToken).ConfigureAwait(false);
            }

            await check.CompleteAsync().ConfigureAwait(false);

            ReportFormats.Of(parsed.GetValue(format)!).Write(check.Findings, Console.Out);
            await Console.Error.WriteLineAsync(check.Summary).ConfigureAwait(false);
            foreach (var (file, filter) in filters.Where(entry => entry.Value.LeftOut.Length > 0))
                await Console.Error.WriteLineAsync($"{RelativePath.Of(file.Path, Environment.CurrentDirectory)} left out {filter.LeftOut}.").ConfigureAwait(false);
            return check.Fails(parsed.GetValue(strict)) ? ExitCode.Failed : ExitCode.Done;
        }, stop));
        return command;
    }
}
