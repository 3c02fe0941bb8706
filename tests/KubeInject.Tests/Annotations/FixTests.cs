using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;
using KubeInject.Manifests;
using KubeInject.Testing;
using static KubeInject.Tests.Annotations.TestPods;

namespace KubeInject.Tests.Annotations;

public sealed class FixTests
{
    private const string Label = "vault-db-injector";

    public static TheoryData<string> Corpus => [.. CorpusDocument.WithFindings.Select(document => document.Name)];

    [Theory]
    [MemberData(nameof(Corpus))]
    public void Applying_fixes_repeatedly_terminates(string name)
    {
        foreach (var pod in Pods(name))
        {
            var fixedPod = Fixed(pod);
            Assert.DoesNotContain(Read(fixedPod).Findings, finding => finding.Fix is not null);
            var errors = Read(pod).Findings.Where(finding => finding.Severity == FindingSeverity.Error).ToList();
            if (errors.TrueForAll(error => error.Fix is not null))
                Assert.False(Read(fixedPod).HasErrors);
        }
    }

    [Theory]
    [MemberData(nameof(Corpus))]
    public void The_fixes_of_one_reading_do_not_contradict_each_other(string name) => Assert.All(Pods(name), pod =>
    {
        var changes = Read(pod).Findings.Select(finding => finding.Fix).OfType<Fix>().ToList();
        var forwards = changes.Aggregate(pod, Apply);
        var backwards = changes.AsEnumerable().Reverse().Aggregate(pod, Apply);
        Assert.Equal(Describe(forwards), Describe(backwards));
    });

    [Theory]
    [MemberData(nameof(Corpus))]
    public void A_fix_is_one_sentence_without_a_value(string name) => Assert.All(
        Pods(name).SelectMany(pod => Read(pod).Findings).Select(finding => finding.Fix).OfType<Fix>(), fix =>
        {
            Assert.NotEmpty(fix.Changes);
            Assert.EndsWith(".", fix.Title, StringComparison.Ordinal);
            Assert.DoesNotContain("://", fix.Title, StringComparison.Ordinal);
        });

    [Fact]
    public void A_misspelled_key_is_renamed_only_if_the_correct_name_is_free()
    {
        Assert.Equal(["rename /orders.rol to /orders.role"], Fixes(With(("orders.rol", "rw")), FindingCode.UnknownSetting));
        Assert.Empty(Fixes(With(("orders.rol", "rw"), ("orders.role", "ro")), FindingCode.UnknownSetting));
        Assert.Single(Fixes(With(("orders.rol", "rw"), ("orders.rolle", "ro")), FindingCode.UnknownSetting));
    }

    [Fact]
    public void No_fix_makes_a_pod_look_injected() => Assert.Empty(Fixes(With(("orders.role", "rw"), ("uid", FirstUuid)), FindingCode.UnknownKey));

    [Fact]
    public void A_key_is_not_renamed_if_its_value_is_invalid_for_the_new_name() =>
        Assert.Empty(Fixes(With(("orders.role", "rw"), ("orders.node", "worker-1")), FindingCode.UnknownSetting));

    [Fact]
    public void A_setting_gets_its_database_as_prefix_if_there_is_only_one()
    {
        Assert.Equal(["rename /env-key-uri to /orders.env-key-uri"], Fixes(With(("orders.role", "rw"), ("env-key-uri", "URL")), FindingCode.UnknownKey));
        Assert.Empty(Fixes(With(("orders.role", "rw"), ("users.role", "ro"), ("env-key-uri", "URL")), FindingCode.UnknownKey));
    }

    [Fact]
    public void The_second_database_gets_unused_variable_names()
    {
        var pod = With(("a-b.role", "r"), ("a.role", "r"), ("a_b.role", "r")) with { Containers = [new PodContainer("app", false, ["A_B_DBUSER"])] };
        Assert.Equal(
            ["set /a-b.env-key-dbpassword = A_B_DBPASSWORD", "set /a-b.env-key-dbuser = A_B_DBUSER_2", "set /a_b.env-key-dbpassword = A_B_DBPASSWORD_2", "set /a_b.env-key-dbuser = A_B_DBUSER_3"],
            Fixes(pod, FindingCode.DuplicateVariable));
        Assert.False(Read(Fixed(pod)).HasErrors);
    }

    [Fact]
    public void A_specified_variable_is_not_changed() =>
        Assert.Empty(Fixes(With(("a.role", "r"), ("b.role", "r"), ("b.env-key-dbuser", "DBUSER"), ("b.env-key-dbpassword", "P")), FindingCode.DuplicateVariable));

    [Theory]
    [InlineData("True", 1)]
    [InlineData("yes", 1)]
    [InlineData("false", 0)]
    [InlineData("", 0)]
    public void A_label_that_might_mean_no_is_kept(string value, int fixes) =>
        Assert.Equal(fixes, Fixes(With(("o.role", "r")) with { Labels = new Dictionary<string, string> { [Label] = value } }, FindingCode.LabelNotTrue).Count);

    [Fact]
    public void Labels_that_the_selector_of_the_workload_uses_are_not_changed()
    {
        var labels = new Dictionary<string, string> { ["vault-db-injecter"] = "true" };
        var pod = With(("o.role", "r")) with { Labels = labels };
        Assert.Equal(["rename vault-db-injecter to vault-db-injector", "set vault-db-injector = true"], Fixes(pod, FindingCode.MisspelledLabel));
        Assert.Equal(["set vault-db-injector = true"], Fixes(pod with { SelectorKeys = ["vault-db-injecter"] }, FindingCode.MisspelledLabel));
        var yes = With(("o.role", "r")) with { Labels = new Dictionary<string, string> { [Label] = "yes" }, SelectorKeys = [Label] };
        Assert.Empty(Fixes(yes, FindingCode.LabelNotTrue));
    }

    [Theory]
    [InlineData("postgres://me:mine@db:5432/o", "postgres://db:5432/o")]
    [InlineData("postgres://{{user}}:mine@db/o", "postgres://db/o")]
    [InlineData("postgres://me@db/o?user={{user}}", "postgres://db/o?user={{user}}")]
    public void A_userinfo_is_removed(string template, string bare) =>
        Assert.Equal([$"set /orders.template = {bare}"], Fixes(WithTemplate(template), FindingCode.ReplacedUserInfo));

    [Fact]
    public void Placeholders_that_have_an_effect_are_kept() =>
        Assert.Empty(Fixes(WithTemplate("postgres://db/o?user={{user}}"), FindingCode.PlaceholderTemplate));

    [Fact]
    public void Annotations_that_an_injector_wrote_are_not_moved() =>
        Assert.Equal(
            ["move /orders.role"],
            Fixes(With() with { WorkloadAnnotations = Prefixed(("orders.role", "rw"), ("uuid", FirstUuid), ("revoke-ttl", "1h")) }, FindingCode.AnnotationsOnWorkload));

    [Fact]
    public void Prefixes_of_other_tools_are_ignored() => Assert.Empty(
        Read(With(("orders.role", "rw"), ("orders.env-key-dbuser", "U"), ("orders.env-key-dbpassword", "P")) is var pod
            ? pod with
            {
                Annotations = pod.Annotations.Concat(new Dictionary<string, string>
                {
                    ["vault.hashicorp.com/agent-inject"] = "true",
                    ["vault.security.banzaicloud.io/vault-addr"] = "x",
                    ["db-tokens-injector.example.io/a"] = "x",
                    ["sidecar-injector.numberly.io/role"] = "x",
                }).ToDictionary(),
            }
            : pod).Findings);

    private static List<string> Fixes(PodTemplate pod, string code) =>
        [.. Read(pod).Findings.Where(finding => finding.Code == code).Select(finding => finding.Fix).OfType<Fix>().SelectMany(fix => fix.Changes).Select(Text)];

    private static string Text(MetadataChange change) => (change switch
    {
        SetMetadata set => $"set {set.Key} = {set.Value}",
        RenameMetadata rename => $"rename {rename.Key} to {rename.NewKey}",
        MoveMetadata move => $"move {move.Key}",
        _ => $"remove {change.Key}",
    }).Replace(InjectionAnnotation.Prefix, "/", StringComparison.Ordinal);

    private static IEnumerable<PodTemplate> Pods(string name) =>
        Manifest.Parse(new ManifestText(CorpusDocument.WithFindings.Single(document => document.Name == name).Text))
            .Documents.SelectMany(document => document.PodTemplates).Select(template => template.Template);

    private static PodTemplate Fixed(PodTemplate pod)
    {
        for (var round = 0; round < 10; round++)
        {
            var fixes = Read(pod).Findings.Select(finding => finding.Fix).OfType<Fix>().ToList();
            if (fixes.Count == 0)
                return pod;
            pod = fixes.Aggregate(pod, Apply);
        }

        throw new InvalidOperationException("The fixes do not terminate.");
    }

    internal static PodTemplate Apply(PodTemplate pod, Fix fix) => fix.Changes.Aggregate(pod, Apply);

    private static PodTemplate Apply(PodTemplate pod, MetadataChange change)
    {
        var onPod = (change.Field == MetadataField.Label ? pod.Labels : pod.Annotations).ToDictionary();
        var onWorkload = (change.Field == MetadataField.Label ? pod.WorkloadLabels : pod.WorkloadAnnotations).ToDictionary();
        var (unquoted, unquotedOnWorkload) = (pod.NonStringKeys, pod.WorkloadNonStringKeys);
        switch (change)
        {
            case SetMetadata set:
                onPod[set.Key] = set.Value;
                unquoted = [.. unquoted.Where(key => key != set.Key)];
                break;
            case RemoveMetadata remove:
                onPod.Remove(remove.Key);
                unquoted = [.. unquoted.Where(key => key != remove.Key)];
                break;
            case RenameMetadata rename:
                Assert.DoesNotContain(rename.NewKey, onPod.Keys);
                if (onPod.Remove(rename.Key, out var value))
                    onPod[rename.NewKey] = value;
                unquoted = [.. unquoted.Select(key => key == rename.Key ? rename.NewKey : key)];
                break;
            case MoveMetadata move:
                Assert.DoesNotContain(move.Key, onPod.Keys);
                if (onWorkload.Remove(move.Key, out var moved))
                    onPod[move.Key] = moved;
                unquoted = [.. unquoted, .. unquotedOnWorkload.Where(key => key == move.Key)];
                unquotedOnWorkload = [.. unquotedOnWorkload.Where(key => key != move.Key)];
                break;
        }

        pod = pod with { NonStringKeys = unquoted, WorkloadNonStringKeys = unquotedOnWorkload };
        return change.Field == MetadataField.Label
            ? pod with { Labels = onPod, WorkloadLabels = onWorkload }
            : pod with { Annotations = onPod, WorkloadAnnotations = onWorkload };
    }

    private static string Describe(PodTemplate pod) => string.Join(
        '\n',
        new[] { pod.Labels, pod.Annotations, pod.WorkloadLabels, pod.WorkloadAnnotations }
            .Select(map => string.Join(';', map.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"))));
}
