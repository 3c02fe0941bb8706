using FsCheck.Fluent;
using KubeInject.Injection;
using KubeInject.Manifests;
using KubeInject.Testing;
using KubeInject.Tests.Injection;

namespace KubeInject.Tests.Manifests;

/// <summary>A document that cannot be read, or that the YAML parser refuses, does not affect the documents beside it.</summary>
public sealed class NeighborDocumentTests
{
    private const string Pod = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: orders
          labels: {vault-db-injector: "true"}
          annotations:
            db-creds-injector.numberly.io/orders.role: orders-rw
        spec:
          containers:
            - name: app
              image: x

        """;

    private const string ConfigMap = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n";

    public static TheoryData<string> AcceptedByKubectl =>
    [
        ConfigMap + "  a: 1\n  a: 2\n",
        ConfigMap + "  a: |\n    \n    text: 1\n",
        ConfigMap + "  a: |\r\n    \r\n    text: 1\r\n  b: x\r\n",
        ConfigMap + "  a: |-\n   \n  \n    text\n",
        ConfigMap + "  a: |\n         \n",
        ConfigMap + "  a: |\n         \n  b: x\n",
        ConfigMap + "  a: |+ # comment\n         ",
        ConfigMap + "  a: >\n      \n",
        ConfigMap + "  a: >-\n   \n  b: x\n",
        ConfigMap + "  a: >2+\n    \n",
        ConfigMap + "  a: |2\n      \n    text\n",
        ConfigMap + "  a: |2\n      \n\n   \n    text\n",
        ConfigMap + "  a: |-1\n      \n  b: x\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {\nname: settings,\n  labels: {a: 'b }', # c }\nd: \"e\\\" }\"}\n}\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {a: b c\nd}\n",
        ConfigMap + "  a: \"one\n two\nthree\"\n",
        ConfigMap + "  a: \"one\n\n two \\\n\\\"three\\\"\"\n  b: \"x\ny\"\n",
        ConfigMap + "  =: =\n  a:\tx\t\n",
    ];

    public static TheoryData<string> NotYaml => [ConfigMap + "  a: \"open\n", ConfigMap + "  a: {{ .Values.a }}b\n", ConfigMap + "  a: %x\n", "a: b: c\n", "text\n", "a: *b\n"];

    [Theory]
    [MemberData(nameof(AcceptedByKubectl))]
    public async Task A_document_that_kubectl_reads_is_read(string document)
    {
        var manifest = Manifest.Parse(new ManifestText(document));

        Assert.True(Assert.Single(manifest.Documents).IsReadable);
        await AssertInjectedBesideAsync(document);
    }

    [Theory]
    [MemberData(nameof(NotYaml))]
    public async Task A_document_that_requests_nothing_and_cannot_be_read_is_not_changed(string document)
    {
        Assert.Throws<ManifestException>(() => Manifest.Parse(new ManifestText(document)));
        await AssertInjectedBesideAsync(document);
    }

    [Theory]
    [InlineData("a: b: c # db-creds-injector.numberly.io/orders.role\n", "<input>:2:5: This is not YAML: ")]
    [InlineData("apiVersion: v1\nkind: Pod\nkind: Pod\nmetadata: {annotations: {db-creds-injector.numberly.io/x.role: x}}\n", "<input>:4:1: The key \"kind\" is duplicated (first in line 3).")]
    public async Task A_document_that_might_request_credentials_and_cannot_be_read_is_an_error(string document, string error)
    {
        var fixture = new InjectionFixture();

        var (text, result) = await fixture.RunAsync($"---\n{document}---\n{Pod}");

        Assert.StartsWith(error, Assert.Single(result.DocumentErrors), StringComparison.Ordinal);
        Assert.True(result.HasFailed);
        Assert.Equal(InjectionStatus.Injected, Assert.Single(result.Pods).Status);
        Assert.StartsWith("---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: orders\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_are_counted_from_the_start_of_the_manifest()
    {
        var manifest = Manifest.Parse(new ManifestText($"{ConfigMap}  a: |\n      \n      x\n  b: \"x\ny\"\n---\n{Pod}"));

        Assert.Equal(12, Assert.Single(manifest.Documents[1].PodTemplates).Location.Line);
    }

    [Fact]
    public async Task Positions_after_an_adapted_scalar_are_correct()
    {
        var pod = Pod.Replace("  name: orders\n", "  name: orders\n  x: |\n       \n        y\n  z: \"x\ny\"\n", StringComparison.Ordinal);
        var fixture = new InjectionFixture();

        var (text, result) = await fixture.RunAsync(pod);

        Assert.Equal(InjectionStatus.Injected, Assert.Single(result.Pods).Status);
        Assert.Equal(pod.Split('\n'), text.Split('\n').Where(line => pod.Split('\n').Contains(line)));
    }

    [Fact]
    public async Task A_directive_stays_with_its_document()
    {
        var (_, result) = await new InjectionFixture().RunAsync($"# comment\n%YAML 1.2\n# comment\n---\n{Pod}");

        Assert.Equal(InjectionStatus.Injected, Assert.Single(result.Pods).Status);
    }

    [Fact]
    public async Task Changed_scalars_in_a_document_do_not_affect_the_next_document()
    {
        var (expected, _) = await new InjectionFixture().RunAsync($"---\n{Pod}");
        var cases = new CaseCounter();
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var neighbor = ScalarGenerator.Document(new Random(seed));

            var (text, result) = new InjectionFixture().RunAsync($"{neighbor}---\n{Pod}").GetAwaiter().GetResult();

            cases.Count(Manifest.Parse(new ManifestText($"{neighbor}---\n{Pod}")).Documents[0].IsReadable ? "readable" : "unreadable");
            Assert.Equal(neighbor + expected, text);
            Assert.False(result.HasFailed);
        }).CheckSeeded(1000);
        cases.Require(50, "readable", "unreadable");
    }

    private static async Task AssertInjectedBesideAsync(string document)
    {
        var end = document.EndsWith('\n') ? "" : "\n";
        var (expected, _) = await new InjectionFixture().RunAsync($"---\n{Pod}");

        var (before, _) = await new InjectionFixture().RunAsync($"{document}{end}---\n{Pod}");
        var (after, result) = await new InjectionFixture().RunAsync($"---\n{Pod}---\n{document}");

        Assert.Equal($"{document}{end}{expected}", before);
        Assert.Equal($"{expected}---\n{document}", after);
        Assert.False(result.HasFailed);
    }
}
