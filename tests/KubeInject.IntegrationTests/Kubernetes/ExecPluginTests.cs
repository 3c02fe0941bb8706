using System.Text.Json;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using Microsoft.Extensions.Time.Testing;

namespace KubeInject.IntegrationTests.Kubernetes;

public class ExecPluginTests
{
    private static readonly SensitiveString Wrong = new("canary-wrong-token");

    [Fact]
    public async Task A_plugin_returns_a_token()
    {
        using var script = new PluginScript(PluginScript.Token(TestCluster.ViewerToken));
        using var connection = await KubeConnection.OpenAsync(script.Settings);
        Assert.Equal("exec plugin", connection.AuthenticationKind);
        Assert.Equal(Identity.Viewer, await Identity.OfAsync(connection));
        Assert.Equal(1, script.Runs);
    }

    [Fact]
    public async Task A_plugin_returns_a_client_certificate()
    {
        using var script = new PluginScript(PluginScript.Certificate(ClientCredentials.Ec("jane")));
        using var connection = await KubeConnection.OpenAsync(script.Settings);
        Assert.Equal("jane", await Identity.OfAsync(connection));
        Assert.Equal(1, script.Runs);
    }

    [Fact]
    public async Task A_credential_is_used_until_it_expires()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var script = new PluginScript(
            $"if [ $run = 1 ]; then {PluginScript.Token(TestCluster.AdminToken, time.GetUtcNow().AddMinutes(5))}; else {PluginScript.Token(TestCluster.ViewerToken)}; fi");
        using var connection = await KubeConnection.OpenAsync(script.Settings with { Environment = KubeEnvironment.Process with { Time = time } });
        time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal((Identity.Admin, 1), (await Identity.OfAsync(connection), script.Runs));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((Identity.Viewer, 2), (await Identity.OfAsync(connection), script.Runs));
    }

    [Fact]
    public async Task A_new_certificate_is_used_for_new_connections()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var script = new PluginScript(
            $"if [ $run = 1 ]; then {PluginScript.Certificate(ClientCredentials.Ec("jane"), time.GetUtcNow().AddMinutes(5))}; else {PluginScript.Certificate(ClientCredentials.Ec("june"))}; fi");
        using var connection = await KubeConnection.OpenAsync(script.Settings with { Environment = KubeEnvironment.Process with { Time = time } });
        Assert.Equal("jane", await Identity.OfAsync(connection));
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("june", await Identity.OfAsync(connection));
        Assert.Equal("june", await Identity.OfAsync(connection));
        Assert.Equal(2, script.Runs);
    }

    [Fact]
    public async Task A_plugin_runs_again_if_the_server_rejects_its_credential()
    {
        using var script = new PluginScript($"if [ $run = 1 ]; then {PluginScript.Token(Wrong)}; else {PluginScript.Token(TestCluster.ViewerToken)}; fi");
        Assert.Equal((Identity.Viewer, 2), (await Identity.OfAsync(script.Settings), script.Runs));
    }

    [Fact]
    public async Task A_plugin_that_always_returns_the_same_credential_is_retried_once()
    {
        using var script = new PluginScript(PluginScript.Token(Wrong));
        var error = await FailsAsync(script.Settings, KubeConnectionFailure.Unauthorized);
        Assert.Contains("does not accept the credential of the context 'one' (exec plugin)", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, script.Runs);
    }

    [Fact]
    public async Task Concurrent_requests_share_one_run()
    {
        using var script = new PluginScript(PluginScript.Token(TestCluster.ViewerToken));
        using var channel = new ApiChannel(script.Settings);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => channel.SendAsync(new ApiRequest(HttpMethod.Get, Identity.Path), default)));
        Assert.All(answers, answer => Assert.Equal(403, answer.StatusCode));
        Assert.Equal(1, script.Runs);
    }

    [Fact]
    public async Task If_the_settings_have_a_token_the_plugin_does_not_run()
    {
        using var script = new PluginScript(PluginScript.Token(Wrong));
        Assert.Equal((Identity.Viewer, 0), (await Identity.OfAsync(script.Settings with { Token = TestCluster.ViewerToken }), script.Runs));
    }

    [Fact]
    public async Task A_plugin_gets_its_arguments_and_its_variables_and_those_of_the_process()
    {
        using var script = new PluginScript($"""[ "$1" = 'a b' ] && [ "$SECRET" = canary-value ] && [ -n "$PATH" ] && {PluginScript.Token(TestCluster.ViewerToken)}""");
        var plugin = script.Plugin with { Arguments = [.. script.Plugin.Arguments, new SensitiveString("a b")], Variables = [new ExecVariable("SECRET", new SensitiveString("canary-value"))] };
        Assert.Equal(Identity.Viewer, await Identity.OfAsync(script.Settings with { Exec = plugin }));
    }

    [Theory]
    [InlineData("no-such-plugin", "the program was not found in PATH")]
    [InlineData("python3 /opt/get-token.py", "If the command contains arguments, move them to args.")]
    [InlineData("/no/such/plugin", "the program was not found")]
    [InlineData("/etc/passwd", "not executable")]
    public async Task A_missing_plugin_is_an_error_with_the_install_hint(string command, string message)
    {
        using var script = new PluginScript("");
        var plugin = script.Plugin with { Command = command, InstallHint = "Get it with\n  apt install \u001b[31mplugin." };
        var error = await FailsAsync(script.Settings with { Exec = plugin }, KubeConnectionFailure.ExecPluginFailed);
        Assert.Contains($"The exec plugin {command} of the context 'one' is not installed or not executable: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Get it with\n  apt install [31mplugin.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plugin_that_cannot_be_started_is_an_error_with_the_install_hint()
    {
        using var script = new PluginScript("");
        var path = script.Write("broken", "no program");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var error = await FailsAsync(script.Settings with { Exec = script.Plugin with { Command = path, InstallHint = "Get it." } }, KubeConnectionFailure.ExecPluginFailed);
        Assert.Contains("cannot be started", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(" Get it.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plugin_that_hangs_is_killed_with_its_child_processes()
    {
        using var script = new PluginScript("");
        var (plugin, _, ended) = await HangingAsync(script);
        var error = await FailsAsync(script.Settings with { Exec = plugin, Timeout = TimeSpan.FromSeconds(1.5) }, KubeConnectionFailure.ExecPluginFailed);
        Assert.Contains("did not finish within 1.5 s and was stopped", error.Message, StringComparison.Ordinal);
        await ended;
    }

    [Fact]
    public async Task A_plugin_is_killed_when_the_request_is_canceled()
    {
        using var script = new PluginScript("");
        var (plugin, started, ended) = await HangingAsync(script);
        using var cancellation = new CancellationTokenSource();
        var opening = KubeConnection.OpenAsync(script.Settings with { Exec = plugin }, cancellation.Token);
        await started;
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
        await ended;
    }

    [Theory]
    [InlineData("echo canary", "wrote output whose kind is not ExecCredential")]
    [InlineData("echo '{\"canary'", "wrote output that is neither JSON nor YAML")]
    [InlineData("true", "wrote output whose kind is not ExecCredential")]
    [InlineData("head -c 3000 /dev/urandom", "wrote output")]
    [InlineData("yes canary", "writes more than 1048576 characters")]
    [InlineData("status '{\"token\":\"canary token\"}'", "The token of the exec plugin is empty, or contains spaces")]
    [InlineData("status '{\"token\":\"canary\"}' | sed s/v1/v1beta1/", "wrote an ExecCredential with an apiVersion other than client.authentication.k8s.io/v1")]
    [InlineData("exit 3", "ended with exit code 3 without an error message.")]
    [InlineData("kill -9 $$", "ended with exit code 137 without an error message.")]
    public async Task Invalid_plugin_output_is_an_error_that_quotes_nothing(string line, string message)
    {
        using var script = new PluginScript(line);
        var error = await Assert.ThrowsAnyAsync<Exception>(() => KubeConnection.OpenAsync(script.Settings));
        Assert.True(error is KubeConnectionException { Reason: KubeConnectionFailure.ExecPluginFailed } or ConfigurationException, error.ToString());
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_lines_of_a_failing_plugin_are_shown_without_secrets()
    {
        using var script = new PluginScript("""
            for i in 1 2 3 4 5 6; do echo "line $i" >&2; done
            echo "the variable is $SECRET, the option $2" >&2
            printf 'got eyJhbGciOiJub25l.eyJjYW5hcnkiOjF9.canary and "token": "canary-json", Bearer canary-bearer\n' >&2
            printf '\033[31mplease log in\033[0m\n' >&2
            exit 1
            """);
        var plugin = script.Plugin with
        {
            Arguments = [.. script.Plugin.Arguments, new SensitiveString("--client-secret"), new SensitiveString("canary-option")],
            Variables = [new ExecVariable("SECRET", new SensitiveString("canary-variable"))],
        };
        var error = await FailsAsync(script.Settings with { Exec = plugin }, KubeConnectionFailure.ExecPluginFailed);
        Assert.EndsWith(
            "ended with exit code 1. Its error output: line 5 | line 6 | the variable is ********, the option ******** | " +
            "got ******** and \"token\": \"********\", Bearer ******** | please log in",
            error.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ExecInteractiveMode.Never, true, false)]
    [InlineData(ExecInteractiveMode.IfAvailable, true, true)]
    [InlineData(ExecInteractiveMode.IfAvailable, false, false)]
    [InlineData(ExecInteractiveMode.Always, true, true)]
    public async Task A_plugin_is_informed_whether_it_may_prompt(ExecInteractiveMode mode, bool hasTerminal, bool expected)
    {
        using var script = new PluginScript($"""case $KUBERNETES_EXEC_INFO in *'"spec":{"{"}"interactive":{(expected ? "true" : "false")}{"}"}'*) {PluginScript.Token(TestCluster.ViewerToken)};; esac""");
        var environment = KubeEnvironment.Process with { HasTerminal = () => hasTerminal };
        Assert.Equal(Identity.Viewer, await Identity.OfAsync(script.Settings with { Exec = script.Plugin with { InteractiveMode = mode }, Environment = environment }));
    }

    [Fact]
    public async Task A_plugin_that_must_prompt_does_not_run_in_a_noninteractive_session()
    {
        using var script = new PluginScript(PluginScript.Token(TestCluster.ViewerToken));
        var environment = KubeEnvironment.Process with { HasTerminal = () => false };
        var error = await FailsAsync(
            script.Settings with { Exec = script.Plugin with { InteractiveMode = ExecInteractiveMode.Always }, Environment = environment }, KubeConnectionFailure.ExecPluginFailed);
        Assert.Contains("requires user input (interactiveMode Always), but the standard input is not a terminal", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, script.Runs);
    }

    [Fact]
    public async Task The_input_of_a_plugin_that_may_not_prompt_is_empty()
    {
        using var script = new PluginScript($"[ -z \"$(cat)\" ] && {PluginScript.Token(TestCluster.ViewerToken)}");
        Assert.Equal(Identity.Viewer, await Identity.OfAsync(script.Settings));
    }

    [Theory]
    [InlineData("v1", "interactiveMode: Never")]
    [InlineData("v1", "interactiveMode: IfAvailable, provideClusterInfo: true")]
    [InlineData("v1beta1", "provideClusterInfo: true")]
    public async Task A_plugin_gets_the_same_information_as_from_kubectl(string version, string more)
    {
        using var script = new PluginScript("");
        var login = script.Write("plugin.sh", $"""
            printf %s "$KUBERNETES_EXEC_INFO" >"$1"
            {PluginScript.Token(TestCluster.ViewerToken).Replace("status '", $"printf %s '{{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/{version}\",\"status\":", StringComparison.Ordinal).TrimEnd('\'')}{"}"}'
            """);
        File.CreateSymbolicLink(script.FilePath("login"), "/bin/sh");
        foreach (var cluster in (string[])["", "tls-server-name: kubernetes.default.svc", "disable-compression: true", "extensions: [{name: client.authentication.k8s.io/exec, extension: {a: 1, b: [yes, 1.50, '<é>', ~], c: 0x10}}]"])
        {
            string[] reported = [script.FilePath("of-kubectl"), script.FilePath("of-engine")];
            var kubectl = await Command.RunAsync("kubectl", ["--kubeconfig", Write(reported[0]), "get", "--raw", Identity.Path]);
            Assert.Equal(Identity.Viewer, Identity.FromError(kubectl.Error));
            Assert.Equal(Identity.Viewer, await Identity.OfAsync(ConnectionSettings.Find(Write(reported[1]))));
            Assert.True(
                JsonElement.DeepEquals(JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(reported[0])), JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(reported[1]))),
                $"{File.ReadAllText(reported[0])}\n{File.ReadAllText(reported[1])}");

            string Write(string output) => script.Write("kubeconfig", $$"""
                current-context: one
                clusters: [{name: c, cluster: { {{cluster}}{{(cluster.Length == 0 ? "" : ",")}} server: '{{TestCluster.Server.OriginalString}}', certificate-authority: {{TestCluster.FilePath("ca.crt")}} } }]
                users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/{{version}}, command: ./login, args: [{{login}}, {{output}}], {{more}} } } }]
                contexts: [{name: one, context: {cluster: c, user: u} }]
                """);
        }
    }

    /// <summary>A plugin that hangs with a child process that hangs, and tasks that complete when both run and when both have ended.</summary>
    private static async Task<(ExecPlugin Plugin, Task Started, Task Ended)> HangingAsync(PluginScript script)
    {
        // Both keep the pipe open, so it ends when both have ended.
        var pipe = script.FilePath("pipe");
        await Command.RunAsync("mkfifo", [pipe]);
        var path = script.Write("hang.sh", $"exec 3>'{pipe}'\nsleep 1000 &\necho started >&3\nsleep 1000\n");
        var started = new TaskCompletionSource();
        var ended = Task.Run(() =>
        {
            using var reader = new StreamReader(pipe);
            reader.ReadLine();
            started.SetResult();
            reader.ReadToEnd();
        });
        return (script.Plugin with { Arguments = [new SensitiveString(path)] }, started.Task, ended);
    }

    private static async Task<KubeConnectionException> FailsAsync(ConnectionSettings settings, KubeConnectionFailure reason)
    {
        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => KubeConnection.OpenAsync(settings));
        Assert.Equal(reason, error.Reason);
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
        return error;
    }
}
