using FsCheck;
using FsCheck.Fluent;
using KubeInject.Annotations;
using KubeInject.Credentials;
using KubeInject.Injection;
using KubeInject.Manifests;
using KubeInject.Manifests.Syntax;
using KubeInject.Testing;
using KubeInject.Tests.Injection;

namespace KubeInject.Tests.Manifests;

/// <summary>Rules for manifests of all kinds and layouts.</summary>
public sealed class GeneratedManifestTests
{
    private const int Often = 2_000;

    private static readonly Arbitrary<int> Seeds = Gen.Choose(0, int.MaxValue).ToArbitrary();

    [Fact]
    public void Every_layout_can_be_injected() => Check(onlyAddsLines: false, (generated, text, result) =>
    {
        Assert.Null(result.Error);
        Assert.All(result.Pods, pod => Assert.Null(pod.Error));
        Assert.Equal(generated.Pods.Count(pod => pod.Databases.Count > 0), result.Pods.Count(pod => pod.Status == InjectionStatus.Injected));
    });

    [Fact]
    public void Removing_the_added_lines_restores_the_original() => Check(onlyAddsLines: true, (generated, text, result) =>
    {
        var before = generated.Text.Split('\n');
        var after = text.Split('\n');
        var added = generated.Pods.Where(pod => pod.Databases.Count > 0).Sum(pod =>
            1 + pod.Containers.Sum(container => (4 * pod.Databases.Count) + (container.Variables.Count == 0 ? 1 : 0)));
        Assert.Equal(before.Length + added, after.Length);

        // Without a final line break, the last line gets the carriage return of the other lines.
        var lastLine = before[^1].Length > 0 ? before[^1] + (generated.Text.Contains("\r\n", StringComparison.Ordinal) ? "\r" : "") : before[^1];
        var found = 0;
        foreach (var line in after)
        {
            if (found < before.Length && (line == before[found] || (found == before.Length - 1 && line == lastLine)))
                found++;
        }

        Assert.Equal(before.Length, found);
    });

    [Fact]
    public void Every_issued_value_is_read_back()
    {
        var cases = new CaseCounter();
        Prop.ForAll(Seeds, seed =>
        {
            var generator = new ManifestGenerator(seed);
            var generated = generator.Next();
            var wild = generator.WildText();
            var fixture = new InjectionFixture(request => new Credential(wild, new SensitiveString(wild), "lease"));
            var (text, result) = fixture.RunAsync(generated.Text).GetAwaiter().GetResult();

            Assert.All(result.Pods, pod => Assert.Null(pod.Error));
            Assert.NotEmpty(text);
            var doubled = wild.Contains("$$", StringComparison.Ordinal) || wild.Contains("$(", StringComparison.Ordinal) ? wild.Replace("$", "$$", StringComparison.Ordinal) : wild;
            var injected = generated.Pods.SelectMany(pod => pod.Databases).SelectMany(database => new[] { database.UsernameVariable, database.PasswordVariable }).ToHashSet();
            Assert.All(Variables(text).Where(variable => injected.Contains(variable.Name)), variable =>
            {
                cases.Count(doubled == wild ? "as issued" : "doubled");
                Assert.Equal(doubled, variable.Value);
            });
        }).CheckSeeded(Often);
        cases.Require(Often / 20, "as issued", "doubled");
    }

    [Fact]
    public void Damaged_text_gives_a_result_or_an_error_with_a_location_but_never_a_crash()
    {
        var cases = new CaseCounter();
        Prop.ForAll(Seeds, seed =>
        {
            var random = new Random(seed);
            var text = new ManifestGenerator(seed).Next().Text;
            for (var i = 0; i < 3; i++)
            {
                var at = random.Next(text.Length);
                var length = random.Next(Math.Min(12, text.Length - at));
                text = random.Next(3) switch
                {
                    0 => text.Remove(at, length),
                    1 => text.Insert(at, "{}[]:-&*?!|>'\"%@`#,\n\r\t ~<\uFEFF\0"[random.Next(27)].ToString()),
                    _ => text.Insert(at, text.Substring(random.Next(text.Length - length), length)),
                };
            }

            var fixture = new InjectionFixture();
            var (_, result) = fixture.RunAsync(text).GetAwaiter().GetResult();

            cases.Count(result.Error is not null ? "error" : fixture.Issuer.Live.Count > 0 ? "injected" : "nothing to inject");
            if (result.Error is not null)
                Assert.Matches(@"^<input>:\d+:\d+: ", result.Error);
            Assert.Equal(result.Pods.Where(pod => pod.Status == InjectionStatus.Injected).Sum(pod => pod.Databases.Count), fixture.Issuer.Live.Count);
        }).CheckSeeded(Often);
        cases.Require(Often / 20, "error", "injected", "nothing to inject");
    }

    private static void Check(bool onlyAddsLines, Action<GeneratedManifest, string, ManifestResult> rule) => Prop.ForAll(Seeds, seed =>
    {
        var generated = new ManifestGenerator(seed, onlyAddsLines).Next();
        var fixture = new InjectionFixture();
        var (text, result) = fixture.RunAsync(generated.Text).GetAwaiter().GetResult();
        rule(generated, text, result);
    }).CheckSeeded(Often);

    private static IEnumerable<(string Name, string? Value)> Variables(string text) =>
        from document in Manifest.Parse(new ManifestText(text)).Documents
        from template in document.PodTemplates
        where template.Annotations?.Find(InjectionAnnotation.Uuid) is not null
        from container in template.Containers
        from item in ((SequenceNode)container.Node.Find("env")!.Value.Resolved).Items
        let variable = (MappingNode)item.Resolved
        select (((ScalarNode)variable.Find("name")!.Value.Resolved).Value, (variable.Find("value")?.Value.Resolved as ScalarNode)?.Value);
}
