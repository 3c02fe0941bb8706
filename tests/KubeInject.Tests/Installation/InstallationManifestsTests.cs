using KubeInject.Injector.Settings;
using KubeInject.Installation;
using KubeInject.Testing;

namespace KubeInject.Tests.Installation;

public sealed class InstallationManifestsTests
{
    [Fact]
    public void Without_options_the_manifests_are_the_files_of_deploy()
    {
        var files = new[] { "namespace", "rbac", "deployment", "webhook" }.Select(name => File.ReadAllText(Repository.File($"deploy/{name}.yaml")));

        Assert.Equal(string.Join("---\n", files), InstallationManifests.Render(new InstallationOptions()));
    }

    [Fact]
    public void The_kustomization_has_the_same_files()
    {
        var listed = File.ReadAllLines(Repository.File("deploy/kustomization.yaml")).Where(line => line.StartsWith("  - ", StringComparison.Ordinal)).Select(line => line[4..]);

        Assert.Equal(["namespace.yaml", "rbac.yaml", "deployment.yaml", "webhook.yaml"], listed);
    }

    [Fact]
    public void An_option_changes_only_its_lines()
    {
        Assert.Equal(["          image: \"registry.example.org/kubeinject:0.1.0\""], Added(new InstallationOptions { Image = "registry.example.org/kubeinject:0.1.0" }));
        Assert.Equal(["  replicas: 3"], Added(new InstallationOptions { Replicas = 3 }));
        Assert.Equal(["    failurePolicy: Ignore"], Added(new InstallationOptions { FailurePolicy = WebhookFailurePolicy.Ignore }));
        Assert.Equal(
            ["            - name: KUBEINJECT_SOURCE", "              value: \"vault\""],
            Added(new InstallationOptions { Settings = new Dictionary<string, string> { ["KUBEINJECT_SOURCE"] = "vault" } }));
        Assert.Equal(
            ["            - name: KUBEINJECT_INJECTOR_LABEL", "              value: \"db\"", "        db: \"true\""],
            Added(new InstallationOptions { Annotations = new() { LabelKey = "db" } }));
        Assert.Equal(
            ["        - key: \"team\"", "          operator: \"In\"", "          values:", "          - \"a\""],
            Added(new InstallationOptions { NamespaceLabels = new Dictionary<string, string> { ["team"] = "a" } }));
    }

    [Fact]
    public void The_namespace_is_replaced_everywhere()
    {
        var objects = InstallationManifests.GetObjects(new InstallationOptions { Namespace = "credentials" });

        Assert.All(objects.Where(item => item.Resource.IsNamespaced), item => Assert.Equal("credentials", item.Reference.Namespace));
        Assert.Equal("credentials", objects.Single(item => item.Resource.Kind == "Namespace").Reference.Name);
        Assert.DoesNotContain(objects, item => item.Document.Contains("namespace: kubeinject", StringComparison.Ordinal));
        Assert.Contains("values: [kube-system, credentials]", objects.Single(item => item.Resource.Kind == "MutatingWebhookConfiguration").Document, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("KUBEINJECT_VAULT_TOKEN", "hvs.canary")]
    [InlineData("KUBEINJECT_POSTGRESQL_PASSWORD", "canary")]
    [InlineData("KUBEINJECT_POSTGRESQL_CONNECTION", "postgresql://admin:canary@db/orders")]
    [InlineData("VAULT_TOKEN", "canary")]
    [InlineData("kubeinject_source", "canary")]
    public void A_secret_or_an_unknown_name_is_refused_and_not_repeated(string name, string value)
    {
        var exception = Assert.Throws<FormatException>(() => new InstallationOptions { Settings = new Dictionary<string, string> { [name] = value } });

        Assert.Contains(name, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_secret_settings_are_those_of_the_program() => Assert.Equal(
        AllSettings.All.Where(setting => setting.Kind == SettingKind.Secret).Select(setting => setting.Variable).Order(StringComparer.Ordinal),
        InstallationOptions.SecretSettings.Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("")]
    [InlineData("Credentials")]
    [InlineData("a/b")]
    [InlineData("-a")]
    public void An_invalid_namespace_is_refused(string name) => Assert.Throws<FormatException>(() => new InstallationOptions { Namespace = name });

    private static List<string> Added(InstallationOptions options)
    {
        var before = InstallationManifests.Render(new InstallationOptions()).Split('\n');
        var after = InstallationManifests.Render(options).Split('\n');
        var added = after.ToList();
        foreach (var line in before)
            added.Remove(line);

        // Every line that is missing was replaced by an added one.
        Assert.InRange(before.Length - after.Length + added.Count, 0, added.Count);
        return added;
    }
}
