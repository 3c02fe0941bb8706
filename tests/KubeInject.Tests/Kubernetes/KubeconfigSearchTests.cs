using KubeInject.Kubernetes.Configuration;

namespace KubeInject.Tests.Kubernetes;

public sealed class KubeconfigSearchTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly Dictionary<string, string> variables = [];

    private KubeEnvironment Environment => new()
    {
        Variable = variables.GetValueOrDefault,
        HomeFolder = Path.Combine(folder.Path, "home"),
        WorkingFolder = folder.Path,
        ServiceAccountFolder = Path.Combine(folder.Path, "account"),
    };

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_specified_path_comes_first()
    {
        WriteHome();
        UseVariable(folder.Write("a", Config("of-variable")));
        var path = folder.Write("given", Config("given"));
        Assert.Equal("given", ConnectionSettings.Find(path, null, Environment).Context);
    }

    [Fact]
    public void A_specified_path_that_is_missing_is_an_error()
    {
        WriteHome();
        var error = Assert.Throws<ConfigurationException>(() => ConnectionSettings.Find("/no/such/file", null, Environment));
        Assert.Contains("/no/such/file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void KUBECONFIG_comes_before_the_home_folder()
    {
        WriteHome();
        UseVariable(folder.Write("a", Config("of-variable")));
        Assert.Equal("of-variable", ConnectionSettings.Find(null, null, Environment).Context);
    }

    [Fact]
    public void The_home_folder_comes_before_the_pod()
    {
        WriteHome();
        WritePod();
        Assert.Equal("home", ConnectionSettings.Find(null, null, Environment).Context);
    }

    [Fact]
    public void The_pod_comes_last()
    {
        WritePod();
        Assert.Null(ConnectionSettings.Find(null, null, Environment).Context);
    }

    [Fact]
    public void An_empty_kubeconfig_does_not_hide_the_pod()
    {
        folder.Write("home/.kube/config", "");
        WritePod();
        Assert.Null(ConnectionSettings.Find(null, null, Environment).Context);
    }

    [Fact]
    public void A_context_is_never_searched_in_the_pod()
    {
        WritePod();
        Assert.Equal(
            $"No kubeconfig was found: KUBECONFIG is not set, and {HomeFile} does not exist. " +
            "The ServiceAccount of this pod has no context 'other'.",
            MissingKubeconfig("other"));
    }

    [Fact]
    public void If_nothing_is_found_the_error_says_why_for_each_location()
    {
        Assert.Equal(
            $"No kubeconfig was found: KUBECONFIG is not set, and {HomeFile} does not exist. " +
            "This process does not run in a pod either: KUBERNETES_SERVICE_HOST is not set.",
            MissingKubeconfig());
    }

    [Fact]
    public void With_KUBECONFIG_the_home_folder_is_not_searched()
    {
        WriteHome();
        UseVariable("/no/such/a");
        Assert.StartsWith($"No kubeconfig was found: KUBECONFIG names {Full("/no/such/a")}, which does not exist. ", MissingKubeconfig(), StringComparison.Ordinal);

        UseVariable("/no/such/a", "/no/such/b");
        Assert.StartsWith(
            $"No kubeconfig was found: KUBECONFIG names {Full("/no/such/a")} and {Full("/no/such/b")}, which do not exist. ", MissingKubeconfig(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_KUBECONFIG_that_names_no_file_is_reported()
    {
        variables["KUBECONFIG"] = $"{Path.PathSeparator}";
        Assert.StartsWith("No kubeconfig was found: KUBECONFIG names no file. ", MissingKubeconfig(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_file_that_sets_the_current_context_wins()
    {
        UseVariable(folder.Write("a", "clusters: []"), folder.Write("b", Config("b")), folder.Write("c", Config("c")));
        Assert.Equal("b", Kubeconfig.Find(Environment)!.CurrentContext);
    }

    [Fact]
    public void The_first_entry_with_a_name_wins_completely()
    {
        UseVariable(
            folder.Write("a", "users: [{name: u, user: {username: first}}]"),
            folder.Write("b", "users: [{name: u, user: {token: t}}, {name: v, user: {token: v}}]"));
        var config = Kubeconfig.Find(Environment)!;
        Assert.Equal(["u", "v"], config.Users.Select(user => user.Name));
        Assert.Equal(("first", null), (config.Users[0].Username, config.Users[0].Token));
    }

    [Fact]
    public void A_missing_file_of_the_list_is_skipped()
    {
        UseVariable("/no/such/file", "", folder.Write("b", Config("b")));
        Assert.Equal([Path.Combine(folder.Path, "b")], Kubeconfig.Find(Environment)!.Files);
    }

    [Fact]
    public void A_malformed_file_of_the_list_is_an_error()
    {
        var broken = folder.Write("broken", "users: [");
        UseVariable(folder.Write("a", Config("a")), broken);
        Assert.Equal(broken, Assert.Throws<ConfigurationException>(() => Kubeconfig.Find(Environment)).File);
    }

    [Fact]
    public void Relative_paths_in_KUBECONFIG_are_relative_to_the_working_folder()
    {
        folder.Write("sub/b", Config("b"));
        UseVariable("sub/b");
        Assert.Equal("b", Kubeconfig.Find(Environment)!.CurrentContext);
    }

    [Fact]
    public void A_space_is_part_of_a_path()
    {
        folder.Write(" a", Config("a"));
        UseVariable(" a");
        Assert.Equal("a", Kubeconfig.Find(Environment)!.CurrentContext);
    }

    [Fact]
    public void Several_specified_files_are_merged_and_each_must_exist()
    {
        var (a, b) = (folder.Write("a", "users: [{name: u}]"), folder.Write("b", Config("b")));
        var config = Kubeconfig.Load([a, b]);
        Assert.Equal([a, b], config.Files);
        Assert.Equal(("b", "u"), (config.CurrentContext, config.Users[0].Name));
        Assert.Contains("/no/such/file", Assert.Throws<ConfigurationException>(() => Kubeconfig.Load([a, "/no/such/file"])).Message, StringComparison.Ordinal);
        Assert.Throws<ConfigurationException>(() => Kubeconfig.Load([]));
    }

    [Fact]
    public void Contexts_are_listed_without_secrets()
    {
        var a = folder.Write("a", """
            current-context: two
            contexts: [{name: one, context: {cluster: c, user: u, namespace: shop}}, {name: two, context: {cluster: none}}]
            users: [{name: u, user: {token: canary}}]
            """);
        var b = folder.Write("b", "clusters: [{name: c, cluster: {server: 'https://me:canary@example.test:6443', proxy-url: 'http://me:canary@x'}}]\ncontexts: [{name: three, context: {user: u}}]");
        var contexts = Kubeconfig.Load([a, b]).ListContexts();
        var files = ReadableList.Of<string>([a, b]);
        Assert.Equal(
            [
                new KubeContext { Name = "one", Cluster = "c", Server = "https://example.test:6443", User = "u", Namespace = "shop", File = a, KubeConfig = files, IsCurrent = false },
                new KubeContext { Name = "two", Cluster = "none", Namespace = "default", File = a, KubeConfig = files, IsCurrent = true },
                new KubeContext { Name = "three", User = "u", Namespace = "default", File = b, KubeConfig = files, IsCurrent = false },
            ],
            contexts.Select(context => context with { KubeConfig = context.KubeConfig.SequenceEqual(files) ? files : context.KubeConfig }));
        Assert.DoesNotContain("canary", string.Concat(contexts), StringComparison.Ordinal);
    }

    private string HomeFile => Path.Combine(folder.Path, "home", ".kube", "config");

    private string Full(string path) => Environment.FullPath(path);

    private string MissingKubeconfig(string? context = null)
    {
        var error = Assert.Throws<ConfigurationException>(() => ConnectionSettings.Find(null, context, Environment));
        Assert.True(error.IsKubeconfigMissing);
        return error.Message;
    }

    private static string Config(string context) => $"""
        current-context: {context}
        clusters:
        - name: c
          cluster:
            server: https://example.test
        contexts:
        - name: {context}
          context:
            cluster: c
        """;

    private void WriteHome() => folder.Write("home/.kube/config", Config("home"));

    private void UseVariable(params string[] paths) => variables["KUBECONFIG"] = string.Join(Path.PathSeparator, paths);

    private void WritePod()
    {
        variables["KUBERNETES_SERVICE_HOST"] = "10.0.0.1";
        variables["KUBERNETES_SERVICE_PORT"] = "443";
        folder.Write("account/token", "token-of-the-pod");
        using var authority = TestCertificates.Authority();
        folder.Write("account/ca.crt", authority.ExportCertificatePem());
    }
}
