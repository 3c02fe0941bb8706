using System.Text.Json;
using KubeInject.Annotations;
using KubeInject.Injection.Annotating;
using KubeInject.Manifests;

namespace KubeInject.Tests.Injection;

/// <summary>A password in an annotation is never shown, and the annotation is processed unchanged.</summary>
public sealed class PasswordTests
{
    private const string Canary = "hunter2";
    private const string Prefix = AnnotatingFixture.Prefix;

    /// <summary>Annotations that contain a password, as lines of YAML.</summary>
    private static readonly string[] Annotations =
    [
        $"{Prefix}orders.template: postgres://me:{Canary}@db/orders",
        $"{Prefix}orders.template: postgres://db/orders?password={Canary}",
        $"{Prefix}orders.template: 'postgres://db/orders?sslmode=require&PSW={Canary}'",
        $"{Prefix}orders.template: \"postgres%3A%2F%2Fme%3A{Canary}%40db\"",
        $"{Prefix}orders.template: \"Host=db;Password=\\\"x;{Canary}\\\"\"",
        $"{Prefix}orders.template: |\n      postgres://me:\n      {Canary}@db/orders",
        $"{Prefix}orders.template: >-\n      Host=db;Password='x\n      {Canary}'",
        $"{Prefix}orders.template: postgres://db/orders # was password={Canary}",
        $"{Prefix}orders.tempalte: postgres://me:{Canary}@db/orders",
        $"{Prefix}tempalte: postgres://db/orders?pwd={Canary}",
        $"{Prefix}orders.password: {Canary}",
        $"{Prefix}orders.pasword: \"{Canary}\"",
        $"{Prefix}orders.env-key-dbpasword: {Canary}",
        $"{Prefix}orders.env-key-dbpassword2: {Canary}",
        $"{Prefix}orders.whatever: {Canary}",
        $"{Prefix}password: {Canary}",
        $"db-creds-injector.numberly.com/orders.template: postgres://me:{Canary}@db/orders",
        $"example.org/db-password: {Canary}",
    ];

    public static TheoryData<object> Tasks =>
    [
        new AnnotationRepair(),
        new AnnotationRemoval(),
        new AnnotationRemoval("orders"),
        new AnnotationSetting(new DatabaseAnnotations { Database = "orders", Role = "rw", Template = "postgres://db:5432/orders", UriVariables = ["DATABASE_URL"] }),
        new AnnotationSetting(new DatabaseAnnotations { Database = "orders", Template = $"postgres://me:{Canary}@db:5432/orders?password={Canary}", UriVariables = ["DATABASE_URL"] }),
    ];

    [Theory]
    [MemberData(nameof(Tasks))]
    public void No_text_about_a_change_shows_the_password(object task)
    {
        foreach (var annotation in Annotations)
        {
            foreach (var manifest in new[] { Manifest(annotation), ManifestInPlaceOf(annotation) })
            {
                var result = AnnotatingFixture.Run(manifest, (AnnotationTask)task).Result;

                Assert.DoesNotContain(Canary, TextOf(result), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Other_values_are_shown()
    {
        var (_, result) = AnnotatingFixture.Run(Manifest($"{Prefix}orders.rol: orders-rw"), new AnnotationSetting(new DatabaseAnnotations { Database = "orders", Role = "orders-ro", Template = "postgres://me:x@db:5432/orders?sslmode=require", UriVariables = ["DATABASE_URL"] }));

        Assert.Contains($"+    {Prefix}orders.role: \"orders-ro\"", result.Pods[0].Diff, StringComparison.Ordinal);
        Assert.Contains($"+    {Prefix}orders.template: \"postgres://****@db:5432/orders?sslmode=require\"", result.Pods[0].Diff, StringComparison.Ordinal);
        Assert.Contains($"+    {Prefix}orders.env-key-uri: \"DATABASE_URL\"", result.Pods[0].Diff, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fix_shows_the_masked_value_and_writes_the_original_one()
    {
        var manifest = Manifest($"{Prefix}orders.role: rw\n    {Prefix}orders.mode: uri\n    {Prefix}orders.env-key-uri: URL\n    {Prefix}orders.template: postgres://me:x@db/orders?password={Canary}");
        var findings = PodInjections(manifest).SelectMany(injection => injection.Findings).ToList();

        var set = Assert.Single(findings.SelectMany(finding => finding.Fix?.Changes ?? []).OfType<SetMetadata>(), change => change.Key.EndsWith("template", StringComparison.Ordinal));
        var (text, _) = AnnotatingFixture.Run(manifest, new AnnotationRepair());

        Assert.Equal("postgres://db/orders?password=****", set.Value);
        Assert.Contains($"postgres://db/orders?password={Canary}", text, StringComparison.Ordinal);
    }

    [Fact]
    public void No_returned_object_shows_the_password()
    {
        foreach (var annotation in Annotations.Where(annotation => annotation.Contains("template", StringComparison.Ordinal) && !annotation.Contains('#', StringComparison.Ordinal)))
        {
            var shown = JsonSerializer.Serialize(PodInjections(Manifest($"{annotation}\n    {Prefix}orders.mode: uri\n    {Prefix}orders.env-key-uri: URL\n    {Prefix}orders.role: rw")));

            Assert.DoesNotContain(Canary, shown, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_injected_variable_has_the_unmasked_template()
    {
        var manifest = Manifest($"{Prefix}orders.role: rw\n    {Prefix}orders.mode: uri\n    {Prefix}orders.env-key-uri: URL\n    {Prefix}orders.template: postgres://db/orders?sslpassword={Canary}");

        var (text, _) = await new InjectionFixture().RunAsync(manifest);

        Assert.Contains($"postgres://user-orders:password-orders@db/orders?sslpassword={Canary}", text, StringComparison.Ordinal);
    }

    private static string TextOf(AnnotatedManifest result) => string.Join('\n', result.Pods.SelectMany(pod => pod.Changes.Concat(pod.Warnings).Append(pod.Diff).Append(pod.Error).Concat(pod.Findings.Select(finding => $"{finding} {JsonSerializer.Serialize(finding.Fix)}")))) + result.Error;

    private static IEnumerable<PodInjection> PodInjections(string manifest) => KubeInject.Manifests.Manifest.Parse(new ManifestText(manifest)).Documents[0].PodTemplates[0].ReadInjections(InjectionOptions.Default);

    private static string Manifest(string annotation) => $$"""
        apiVersion: v1
        kind: Pod
        metadata:
          name: orders
          labels:
            app: orders
          annotations:
            {{annotation}}
        spec:
          containers:
            - name: app
              image: app

        """;

    /// <summary>Another pod, with a complete request, for more operations.</summary>
    private static string ManifestInPlaceOf(string annotation) => Manifest($"{annotation}\n    {Prefix}orders.role: rw\n    {Prefix}orders.mode: uri\n    {Prefix}orders.env-key-uri: URL");
}
