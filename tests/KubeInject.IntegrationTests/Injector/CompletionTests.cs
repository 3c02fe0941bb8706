namespace KubeInject.IntegrationTests.Injector;

/// <summary><c>kubeinject completion</c>: the scripts in real shells, which find the program by its name.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Dictionary<string, string?> environment;

    public CompletionTests()
    {
        folder.WriteProgram("bin/kubeinject");
        environment = new() { ["PATH"] = $"{folder.File("bin")}:{Environment.GetEnvironmentVariable("PATH")}" };
    }

    public static TheoryData<string, string> Lines => new()
    {
        { "kubeinject ch", "check" },
        { "kubeinject check --str", "--strict" },
        { "/usr/local/bin/kubeinject check --str", "--strict" },
        { "kubeinject check --format ", "github json sarif text" },
        { "kubeinject check --format s", "sarif" },
        { "kubeinject inject --delivery ", "secret value" },
        { "kubeinject inject orders.yaml --source ", "kube-secret local postgresql vault" },
        { "kubeinject serve --role ", "both controller webhook" },
        { "kubeinject completion ", "bash pwsh zsh" },

        // Files are expected here.
        { "kubeinject check ", "" },
        { "kubeinject check --strict ", "" },
        { "kubeinject check --strict tr", "" },
        { "kubeinject check 'my ", "" },
        { "kubeinject check --lin", "" },
    };

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Commands_are_suggested_first()
    {
        var result = await Command.KubeInjectAsync("completion", "bash", "--line", "kubeinject ");

        Assert.Equal("check completion explain inject install list serve status sync uninstall", Words(result));
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Bash_completes_a_line(string line, string expected)
    {
        var result = await RunAsync("bash", "-c", "source <(kubeinject completion bash); complete -p kubeinject >/dev/null; COMP_LINE=$1 COMP_POINT=${#1}; _kubeinject; printf '%s\\n' \"${COMPREPLY[@]}\"", "bash", line);

        Assert.Equal(expected, Words(result));
    }

    [Fact]
    public async Task Bash_completes_the_word_before_the_cursor()
    {
        var result = await RunAsync("bash", "-c", "source <(kubeinject completion bash); COMP_LINE='kubeinject check --str orders.yaml' COMP_POINT=22; _kubeinject; echo \"${COMPREPLY[@]}\"");

        Assert.Equal("--strict", Words(result));
    }

    // The functions of the completion system of zsh print their arguments.
    [Theory]
    [InlineData("check", "--str", "--strict:Exit with 1 on warnings as well.")]
    [InlineData("check", "--forma", "--format:The format of the findings")]
    [InlineData("completion", "z", "zsh")]
    [InlineData("check", "", "files")]
    public async Task Zsh_completes_a_line(string command, string word, string expected)
    {
        const string Script = "compdef() { true }; _files() { echo files }; _describe() { print -l -- ${(P)2} }; source <(kubeinject completion zsh); words=(kubeinject $1 \"$2\") CURRENT=3 PREFIX=$2; _kubeinject";

        var result = await RunAsync("zsh", "-f", "-c", Script, "zsh", command, word);

        Assert.StartsWith(expected, Assert.Single(result.Output.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PowerShell_completes_a_line_with_descriptions()
    {
        const string Script = """
            kubeinject completion pwsh | Out-String | Invoke-Expression
            foreach ($line in 'kubeinject check --str', 'kubeinject check --format ', 'kubeinject check --str orders.yaml') {
                (TabExpansion2 $line ([Math]::Max(22, $line.IndexOf('format ') + 7))).CompletionMatches.ForEach{ "$($_.CompletionText)=$($_.ToolTip)" } -join ' '
            }
            """;
        var shell = Environment.GetEnvironmentVariable("KUBEINJECT_TEST_PWSH") is { Length: > 0 } pwsh ? new[] { pwsh } : ["dotnet", "pwsh"];

        var result = await RunAsync(shell[0], [.. shell[1..], "-NoProfile", "-Command", Script]);

        Assert.Equal(["--strict=Exit with 1 on warnings as well.", "github=github json=json sarif=sarif text=text", "--strict=Exit with 1 on warnings as well."], result.Output.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task An_unknown_shell_is_an_error_that_lists_the_shells()
    {
        var result = await Command.KubeInjectAsync("completion", "fish");

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("'bash'", result.Error, StringComparison.Ordinal);
    }

    private Task<Command> RunAsync(string file, params string[] arguments) => Command.RunAsync(file, arguments, environment: environment);

    private static string Words(Command result) => string.Join(' ', result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
}
