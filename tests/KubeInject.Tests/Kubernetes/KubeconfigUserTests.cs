using KubeInject.Kubernetes.Configuration;

namespace KubeInject.Tests.Kubernetes;

/// <summary>Users whose credential is not in the kubeconfig.</summary>
public sealed class KubeconfigUserTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void An_exec_plugin_is_read()
    {
        var exec = Resolve("""
            exec:
                  apiVersion: client.authentication.k8s.io/v1
                  command: login
                  args: [get, token]
                  env: [{name: A, value: b}]
                  installHint: install it
                  interactiveMode: Always
                  provideClusterInfo: true
            """).Exec!;
        Assert.Equal(
            ("client.authentication.k8s.io/v1", "login", "install it", ExecInteractiveMode.Always, true, """{"a":1}"""),
            (exec.ApiVersion, exec.Command, exec.InstallHint, exec.InteractiveMode, exec.ProvideClusterInfo, exec.ClusterConfig));
        Assert.Equal(["get", "token"], exec.Arguments.Select(argument => argument.Reveal()));
        Assert.Equal(("A", "b"), (exec.Variables[0].Name, exec.Variables[0].Value.Reveal()));
    }

    [Theory]
    [InlineData("bin/login", "<folder>/bin/login")]
    [InlineData("./login", "<folder>/login")]
    [InlineData("../login", "<parent>/login")]
    [InlineData("/opt/login", "/opt/login")]
    [InlineData("login", "login")]
    public void A_command_with_a_slash_is_relative_to_the_kubeconfig(string command, string path) =>
        Assert.Equal(
            path.Replace("<folder>", folder.Path, StringComparison.Ordinal).Replace("<parent>", Path.GetDirectoryName(folder.Path), StringComparison.Ordinal),
            Resolve($"exec: {{apiVersion: client.authentication.k8s.io/v1beta1, command: {command}}}").Exec!.Command);

    [Fact]
    public void The_first_version_of_exec_does_not_require_the_interactive_mode() =>
        Assert.Equal(ExecInteractiveMode.IfAvailable, Resolve("exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: x}").Exec!.InteractiveMode);

    [Fact]
    public void An_impersonation_is_read()
    {
        var impersonation = Resolve("as: jane\n    as-uid: '7'\n    as-groups: [a, b]\n    as-user-extra: {scopes: [c, d]}").Impersonation!;
        Assert.Equal(("jane", "7"), (impersonation.User, impersonation.Uid));
        Assert.Equal(["a", "b"], impersonation.Groups);
        Assert.Equal(["c", "d"], impersonation.Extra["scopes"]);
    }

    [Fact]
    public void An_impersonation_works_without_TLS_but_a_plugin_does_not()
    {
        var settings = Resolve("as: jane\n    exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: x}", "http");
        Assert.Equal("jane", settings.Impersonation!.User);
        Assert.Null(settings.Exec);
    }

    private ConnectionSettings Resolve(string user, string scheme = "https") => ConnectionSettings.Find(folder.Write("config", $"""
        current-context: one
        clusters:
        - name: c
          cluster:
            server: {scheme}://example.test
            extensions: [{"{"}name: client.authentication.k8s.io/exec, extension: {"{"}a: 1{"}"}{"}"}]
        users:
        - name: u
          user:
            {user}
        contexts:
        - name: one
          context: {"{"}cluster: c, user: u{"}"}
        """));
}
