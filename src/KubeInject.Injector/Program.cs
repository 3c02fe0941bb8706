using System.CommandLine;
using KubeInject.Injector;
using KubeInject.Injector.Completion;
using KubeInject.Injector.Installation;
using KubeInject.Injector.Serve;

Messages.Initialize();
var root = new Command("kubeinject", "Gives pods their database credentials: reads the injection annotations, requests short-lived credentials, and sets them as environment variables of the containers.");
root.Options.Add(ExtendedHelp.Option("Environment:\n  KUBEINJECT_CONFIG  the settings file\n  KUBEINJECT_…       any setting\n  NO_COLOR           any value turns colors off\n\nRun 'kubeinject COMMAND --help' for examples and exit codes."));
root.Options.Add(new VersionOption());
root.Subcommands.Add(InjectCommand.Create());
root.Subcommands.Add(ListCommand.Create());
root.Subcommands.Add(SyncCommand.Create());
root.Subcommands.Add(CheckCommand.Create());
root.Subcommands.Add(ExplainCommand.Create());
root.Subcommands.Add(ServeCommand.Create());
root.Subcommands.Add(InstallCommand.Create());
root.Subcommands.Add(StatusCommand.Create());
root.Subcommands.Add(UninstallCommand.Create());
root.Subcommands.Add(CompletionCommand.Create(root));
root.SetAction(_ => Usage.Fail("Specify a command: inject, list, sync, check, explain, serve, install, status, uninstall, or completion."));

var parsed = root.Parse(args);
return parsed.Errors.Count > 0
    ? Usage.Fail(string.Join(" ", parsed.Errors.Select(error => error.Message)))
    : await parsed.InvokeAsync(ServeCommand.ConfigurationFor(parsed)).ConfigureAwait(false);
