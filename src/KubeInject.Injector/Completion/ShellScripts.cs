namespace KubeInject.Injector.Completion;

/// <summary>The script that adds tab completion to a shell.</summary>
/// <param name="Text">The script. It passes the command line up to the cursor to the hidden option <c>--line</c>, and suggests files if the program suggests nothing.</param>
/// <param name="Format">Formats a suggestion as the script reads it, in one line.</param>
internal sealed record ShellScript(string Text, Func<Suggestion, string> Format);

/// <summary>The scripts that add tab completion.</summary>
internal static class ShellScripts
{
    // The bash of macOS, version 3.2, has no mapfile. Suggestions contain neither spaces nor wildcards.
    private const string Bash = """
        _kubeinject() {
          local IFS=$'\n'
          COMPREPLY=($(kubeinject completion bash --line="${COMP_LINE:0:COMP_POINT}" 2>/dev/null))
        }
        complete -o bashdefault -o default -F _kubeinject kubeinject

        """;

    private const string Zsh = """
        _kubeinject() {
          local -a suggestions
          suggestions=(${(f)"$(kubeinject completion zsh --line="${(j: :)words[1,CURRENT-1]} $PREFIX" 2>/dev/null)"})
          if (( $#suggestions )); then _describe kubeinject suggestions; else _files; fi
        }
        compdef _kubeinject kubeinject

        """;

    private const string PowerShell = """
        Register-ArgumentCompleter -Native -CommandName kubeinject -ScriptBlock {
            param($wordToComplete, $commandAst, $cursorPosition)
            $length = $cursorPosition - $commandAst.Extent.StartOffset
            $line = "$commandAst".PadRight($length).Substring(0, $length)
            kubeinject completion pwsh "--line=$line" 2>$null | ForEach-Object {
                $word, $description = $_ -split "`t", 2
                [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $description)
            }
        }

        """;

    private static readonly Dictionary<string, ShellScript> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = new(Bash, suggestion => suggestion.Word),
        ["zsh"] = new(Zsh, suggestion => suggestion.Description is null ? suggestion.Word : $"{suggestion.Word}:{suggestion.Description}"),
        ["pwsh"] = new(PowerShell, suggestion => $"{suggestion.Word}\t{suggestion.Description ?? suggestion.Word}"),
    };

    /// <summary>The names of the shells.</summary>
    public static IReadOnlyList<string> Names { get; } = ["bash", "zsh", "pwsh"];

    /// <param name="name">One of the <see cref="Names"/>.</param>
    public static ShellScript Of(string name) => Scripts[name];
}
