using System.Diagnostics;
using System.Globalization;
using System.Text;
using KubeInject.Injection.Annotating;
using KubeInject.Injector.Settings;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Manifests;

namespace KubeInject.Tests.Manifests;

/// <summary>Aliases, merge keys and nesting cannot make a short document expensive.</summary>
public sealed class AliasBudgetTests
{
    private const int Deep = 100_000;

    // Much longer than an error takes, and much shorter than an expansion takes.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static TheoryData<string, string> Bombs => new()
    {
        { "Lists of lists", Layers("{apiVersion: v1, kind: Pod, metadata: {name: a}}", alias => $"{{apiVersion: v1, kind: List, items: [{alias}]}}", "{apiVersion: v1, kind: List, items: [LAST]}") },
        { "Lists of lists whose items are null", Layers("{}", alias => $"{{kind: List, items: [{alias}]}}", "{kind: List, items: [LAST]}") },
        { "lists in an annotation", Layers("[x]", alias => $"[{alias}]", "{apiVersion: v1, kind: Pod, metadata: {name: a, annotations: {db-creds-injector.numberly.io/a.role: LAST}}}") },
        { "lists in an unrelated field", Layers("[x]", alias => $"[{alias}]", "{apiVersion: v1, kind: ConfigMap, data: LAST}") },
        { "containers", Layers("{name: a}", alias => $"[{alias}]", "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: LAST}}") },
        { "merged mappings", Layers("{a: b}", alias => $"{{<<: [{alias}]}}", "{apiVersion: v1, kind: Pod, metadata: {name: a, annotations: {<<: LAST}}}") },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public async Task Nested_aliases_are_rejected_with_their_location(string what, string manifest)
    {
        var start = Stopwatch.GetTimestamp();

        var error = Assert.Throws<ManifestException>(() => Manifest.Parse(new ManifestText(manifest, "bomb.yaml")));
        var planned = await new ManifestAnnotator(new AnnotationRepair()).PlanAsync(ManifestSource.FromText(manifest), CancellationToken.None);

        Assert.Matches("^bomb.yaml:[1-9][0-9]*:[1-9][0-9]*: Up to this alias, [0-9,]+ nodes of this document expand to [0-9,]+, which is too many", error.Message);
        Assert.Contains("which is too many", planned.Error, StringComparison.Ordinal);
        Assert.True(Stopwatch.GetElapsedTime(start) < Limit, what);
    }

    [Fact]
    public void Each_document_of_a_manifest_has_a_separate_budget() =>
        Assert.Equal(100, Manifest.Parse(new ManifestText(string.Concat(Enumerable.Repeat($"a: &a {{{string.Join(", ", Enumerable.Range(0, 20).Select(i => $"k{i}: v"))}}}\nb: [{string.Join(", ", Enumerable.Repeat("*a", 10))}]\n---\n", 100)))).Documents.Count(document => document.Text.Contains("&a", StringComparison.Ordinal)));

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    [InlineData(1_500)]
    public void A_normal_number_of_aliases_is_read(int times)
    {
        var pod = "{labels: &labels {app: a, tier: b, team: c}, containers: &containers [{name: app, image: app}, {name: log, image: log}], metadata: {<<: *labels}}";
        var manifest = $"base: &base {pod}\nitems:\n{string.Concat(Enumerable.Repeat("- <<: *base\n  kind: Pod\n", times))}";

        Assert.Single(Manifest.Parse(new ManifestText(manifest)).Documents);
    }

    [Theory]
    [InlineData("- &a0 [x]\n", "- &aNEXT [*aLAST]\n")]
    [InlineData("- &a0 {x: y}\n", "- &aNEXT {<<: *aLAST}\n")]
    [InlineData("- &a0 {kind: List}\n", "- &aNEXT {kind: List, items: [*aLAST]}\n")]
    public void A_chain_of_aliases_counts_as_nesting(string first, string next)
    {
        var manifest = new StringBuilder(first);
        for (var i = 1; i < 5_000; i++)
            manifest.Append(next.Replace("NEXT", $"{i}", StringComparison.Ordinal).Replace("LAST", $"{i - 1}", StringComparison.Ordinal));

        Assert.Matches("^bomb.yaml:[0-9]+:[0-9]+: The document is nested more than 200 levels deep", Assert.Throws<ManifestException>(() => Manifest.Parse(new ManifestText(manifest.ToString(), "bomb.yaml"))).Message);
    }

    public static TheoryData<string> Nested => [new('[', Deep), string.Concat(Enumerable.Repeat("{a: ", Deep)), string.Concat(Enumerable.Repeat("- ", Deep)), string.Concat(Enumerable.Repeat("? ", Deep)), string.Concat(Enumerable.Repeat("{\"a\":", Deep)), $"{{\"a\":{new string('[', Deep)}"];

    [Theory]
    [MemberData(nameof(Nested))]
    public void Deep_nesting_is_an_error_in_every_kind_of_document(string text)
    {
        Assert.StartsWith("bomb:", Assert.Throws<ManifestException>(() => Manifest.Parse(new ManifestText(text, "bomb"))).Message, StringComparison.Ordinal);
        Assert.StartsWith("bomb", Assert.Throws<ConfigurationException>(() => Kubeconfig.Parse(text, "bomb")).Message, StringComparison.Ordinal);
        Assert.StartsWith("bomb:", Assert.Throws<SettingException>(() => SettingsFile.Parse("bomb", text)).Message, StringComparison.Ordinal);
        Assert.StartsWith("bomb:", Assert.Throws<SettingException>(() => SettingsFile.Parse("bomb", $"source: {text}")).Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> KubeconfigBombs => new()
    {
        { "lists", Layers("[x]", alias => $"[{alias}]", "{apiVersion: v1, kind: Config, users: LAST}") },
        { "merged mappings", Layers("{a: b}", alias => $"{{<<: [{alias}]}}", "{apiVersion: v1, kind: Config, <<: LAST}") },
        { "arguments of a plugin", Layers("[x]", alias => $"[{alias}]", "{apiVersion: v1, kind: Config, users: [{name: a, user: {exec: {args: LAST}}}]}") },
        { "the settings of a plugin", Layers("[x]", alias => $"[{alias}]", "{apiVersion: v1, kind: Config, clusters: [{name: a, cluster: {extensions: [{name: client.authentication.k8s.io/exec, extension: LAST}]}}]}") },
    };

    [Theory]
    [MemberData(nameof(KubeconfigBombs))]
    public void Nested_aliases_in_a_kubeconfig_are_rejected_with_their_location(string what, string text)
    {
        var start = Stopwatch.GetTimestamp();

        var error = Assert.Throws<ConfigurationException>(() => Kubeconfig.Parse(text, "config"));

        Assert.Matches("^config:[1-9][0-9]*:[1-9][0-9]*: Up to this alias, ", error.Message);
        Assert.True(Stopwatch.GetElapsedTime(start) < Limit, what);
    }

    [Fact]
    public void A_chain_of_aliases_in_a_kubeconfig_counts_as_nesting()
    {
        var text = new StringBuilder("x:\n- &a0 [x]\n");
        for (var i = 1; i < 5_000; i++)
            text.Append(CultureInfo.InvariantCulture, $"- &a{i} [*a{i - 1}]\n");

        Assert.Matches("^config:[0-9]+:[0-9]+: With this alias, the nesting is deeper than 64 levels", Assert.Throws<ConfigurationException>(() => Kubeconfig.Parse(text.ToString(), "config")).Message);
    }

    [Fact]
    public void A_settings_file_can_use_aliases_for_texts_and_lists()
    {
        var file = SettingsFile.Parse("settings.yaml", "postgresql-creation-statement: &sql [a, b]\npostgresql-renewal-statement: *sql\nvault-auth-mount: &mount k8s\nvault-approle-mount: *mount\n");

        Assert.Equal(["a", "b"], file.Find("postgresql-renewal-statement")!.Texts);
        Assert.Equal(["k8s"], file.Find("vault-approle-mount")!.Texts);
        Assert.StartsWith("settings.yaml:2: The setting 'vault-auth-mount' requires a single value", Assert.Throws<SettingException>(() => SettingsFile.Parse("settings.yaml", "postgresql-creation-statement: &sql [a, b]\nvault-auth-mount: *sql\n")).Message, StringComparison.Ordinal);
        Assert.StartsWith("settings.yaml:1: The setting 'vault-auth-mount' requires a single value", Assert.Throws<SettingException>(() => SettingsFile.Parse("settings.yaml", "vault-auth-mount: *none\n")).Message, StringComparison.Ordinal);
    }

    /// <summary>A document that starts with nine layers, each of nine aliases of the previous layer.</summary>
    private static string Layers(string first, Func<string, string> layer, string document)
    {
        var text = new StringBuilder($"{{\nx-0: &a0 {first},\n");
        for (var i = 1; i <= 9; i++)
            text.Append(CultureInfo.InvariantCulture, $"x-{i}: &a{i} {layer(string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 9)))},\n");
        return text.Append(document[1..].Replace("LAST", "*a9", StringComparison.Ordinal)).ToString();
    }
}
