using KubeInject.Injector;
using System.CommandLine;

Messages.Initialize();
var root = new Command("kubeinject", "Gives pods their database credentials: reads their injection annotations, has short-lived credentials issued, and puts them into the containers' environment.");
root.Options.Add(ExtendedHelp.Option("Environment:\n  KUBEINJECT_CONFIG  the settings file\n  KUBEINJECT_…       any setting\n  NO_COLOR           any value: no colour\n\nRun 'kubeinject COMMAND --help' for examples and exit codes."));
root.Options.Add(new VersionOption());
root.Subcommands.Add(InjectCommand.Create());
root.Subcommands.Add(ListCommand.Create());
root.Subcommands.Add(SyncCommand.Create());
root.Subcommands.Add(CheckCommand.Create());
root.Subcommands.Add(ExplainCommand.Create());
root.SetAction(_ => Usage.Fail("Name a command: inject, list, sync, check, explain."));

var parsed = root.Parse(args);
return parsed.Errors.Count > 0
    ? Usage.Fail(string.Join(" ", parsed.Errors.Select(error => error.Message)))
    : await parsed.InvokeAsync();
