using System.CommandLine;

namespace KubeInject.Injector.Completion;

/// <summary><c>kubeinject completion</c>: prints the script that adds tab completion to a shell. The script runs the command again to get suggestions.</summary>
internal static class CompletionCommand
{
    private const string More = """
        Add the line of your shell to its startup file: ~/.bashrc, ~/.zshrc (after compinit), or $PROFILE.

        Examples:
          source <(kubeinject completion bash)
          source <(kubeinject completion zsh)
          kubeinject completion pwsh | Out-String | Invoke-Expression

        Exit codes:
          0    done
          2    invalid command line
        """;

    /// <param name="root">The command of the program, which has the suggestions.</param>
    public static Command Create(Command root)
    {
        var shell = new Argument<string>("shell") { HelpName = string.Join('|', ShellScripts.Names), Description = "The shell." };
        shell.AcceptOnlyFromAmong([.. ShellScripts.Names]);
        var line = new Option<string>("--line") { HelpName = "TEXT", Hidden = true, Description = "Print the suggestions for a command line up to the cursor." };
        var command = new Command("completion", "Print a script that adds tab completion to bash, zsh or PowerShell.") { shell, line };
        command.Options.Add(ExtendedHelp.Option(More));
        command.SetAction(parsed =>
        {
            var script = ShellScripts.Of(parsed.GetValue(shell)!);
            if (parsed.GetValue(line) is not { } text)
            {
                Console.Out.Write(script.Text);
                return ExitCode.Done;
            }

            foreach (var suggestion in Suggestion.For(root, text))
                Console.Out.Write($"{script.Format(suggestion)}\n");
            return ExitCode.Done;
        });
        return command;
    }
}
