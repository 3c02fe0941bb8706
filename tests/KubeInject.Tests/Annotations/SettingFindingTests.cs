using FsCheck.Fluent;
using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;
using KubeInject.Testing;
using static KubeInject.Tests.Annotations.TestPods;

namespace KubeInject.Tests.Annotations;

public sealed class SettingFindingTests
{
    [Theory]
    [InlineData("clutser", "/cluster'")]
    [InlineData("rol", "/role'")]
    [InlineData("uid", "/uuid'")]
    [InlineData("env-key-dbusr", "/<db>.env-key-dbuser'")]
    [InlineData("template", "/<db>.template'")]
    [InlineData("something", "Remove it")]
    [InlineData("", "Remove it")]
    public void An_unknown_key_without_a_dot_is_a_warning_with_the_nearest_known_key(string key, string suggestion)
    {
        var finding = Read((key, "x")).Only(FindingCode.UnknownKey);
        Assert.Equal(FindingSeverity.Warning, finding.Severity);
        Assert.Equal(InjectionAnnotation.Prefix + key, finding.Key);
        Assert.Contains(suggestion, finding.Suggestion, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("roles", "orders.role'")]
    [InlineData("rloe", "orders.role'")]
    [InlineData("env-key-user", "orders.env-key-dbuser'")]
    [InlineData("env-key-dbpass", "orders.env-key-dbpassword'")]
    [InlineData("env-key-url", "orders.env-key-uri'")]
    [InlineData("tempalte", "orders.template'")]
    [InlineData("cluster", "for all databases")]
    [InlineData("host", "Remove it")]
    [InlineData("", "Remove it")]
    public void An_unknown_setting_is_a_warning_with_the_nearest_known_setting(string setting, string suggestion)
    {
        var finding = Read(("orders." + setting, "x")).Only(FindingCode.UnknownSetting);
        Assert.Equal(FindingSeverity.Warning, finding.Severity);
        Assert.Contains(suggestion, finding.Suggestion, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("role", "role", 0)]
    [InlineData("rloe", "role", 1)]
    [InlineData("ROLE", "role", 0)]
    [InlineData("", "role", 4)]
    [InlineData("kitten", "sitting", 3)]
    public void A_transposition_counts_as_one_edit(string left, string right, int distance) =>
        Assert.Equal(distance, SpellingSuggester.Distance(left, right, limit: 4));

    [Fact]
    public void A_limit_excludes_greater_distances_and_changes_no_other_result()
    {
        var text = Gen.ArrayOf(Gen.Elements('a', 'b', 'B', 'c')).Select(letters => new string(letters));
        Prop.ForAll(Arb.From(text.Zip(text)), pair =>
        {
            var (left, right) = pair;
            var distance = SpellingSuggester.Distance(left, right, limit: left.Length + right.Length);
            for (var limit = 0; limit <= distance + 1; limit++)
                Assert.Equal(Math.Min(distance, limit + 1), Math.Min(SpellingSuggester.Distance(left, right, limit), limit + 1));
        }).CheckSeeded(2000);
    }

    [Fact]
    public void An_empty_database_name_is_an_error()
    {
        var injection = Read((".role", "rw"));
        Assert.Empty(injection.Databases);
        Assert.Equal(FindingSeverity.Error, injection.Only(FindingCode.EmptyDatabaseName).Severity);
    }

    [Fact]
    public void Uri_mode_requires_a_template_and_a_variable()
    {
        var injection = Read(("o.role", "r"), ("o.mode", "uri"), ("o.template", " "), ("o.env-key-uri", ","));
        Assert.Equal(FindingSeverity.Error, injection.Only(FindingCode.MissingTemplate).Severity);
        Assert.Equal(FindingSeverity.Error, injection.Only(FindingCode.MissingUriVariable).Severity);
    }

    [Theory]
    [InlineData("1ST")]
    [InlineData("DB USER")]
    [InlineData("a=b")]
    [InlineData(".")]
    [InlineData("..x")]
    [InlineData("ÜSER")]
    [InlineData("A\nB")]
    public void A_name_that_Kubernetes_rejects_is_an_error(string name)
    {
        var injection = Read(("o.role", "r"), ("o.env-key-dbuser", name));
        Assert.Equal(FindingSeverity.Error, injection.Only(FindingCode.InvalidVariableName).Severity);
        Assert.Empty(injection.Databases[0].UsernameVariables);
    }

    [Theory]
    [InlineData("_")]
    [InlineData("db.user-name")]
    [InlineData("-x")]
    [InlineData(".x")]
    public void A_name_that_Kubernetes_accepts_is_valid(string name) =>
        Read(("o.role", "r"), ("o.env-key-dbuser", name)).HasNo(FindingCode.InvalidVariableName);

    [Fact]
    public void Two_databases_with_the_default_variables_are_an_error_for_each_variable()
    {
        var findings = Read(("a.role", "r"), ("b.role", "r")).Findings.Where(finding => finding.Code == FindingCode.DuplicateVariable);
        Assert.Equal(["b.env-key-dbpassword", "b.env-key-dbuser"], findings.Select(finding => finding.Key![InjectionAnnotation.Prefix.Length..]));
    }

    [Fact]
    public void One_variable_for_username_and_password_is_an_error()
    {
        var finding = Read(("o.role", "r"), ("o.env-key-dbuser", "X"), ("o.env-key-dbpassword", "Y,X")).Only(FindingCode.DuplicateVariable);
        Assert.Contains("o.env-key-dbuser", finding.Message, StringComparison.Ordinal);
        Assert.Equal(FindingSeverity.Error, finding.Severity);
    }

    [Fact]
    public void A_duplicate_variable_in_a_list_is_an_error() =>
        Assert.Contains("twice", Read(("o.role", "r"), ("o.env-key-dbuser", "X,X")).Only(FindingCode.DuplicateVariable).Message, StringComparison.Ordinal);

    [Fact]
    public void Variables_that_differ_in_case_are_different() =>
        Read(("o.role", "r"), ("o.env-key-dbuser", "X,x")).HasNo(FindingCode.DuplicateVariable);

    [Fact]
    public void A_variable_that_containers_declare_is_a_warning_that_names_them()
    {
        var pod = With(("o.role", "r")) with
        {
            Containers =
            [
                new PodContainer("migrate", true, ["DBUSER", "DBUSER"]), new PodContainer("app", false, ["X", "DBUSER"]), new PodContainer("proxy", false, []),
            ],
        };
        var finding = Read(pod).Only(FindingCode.ReplacedVariable);
        Assert.Equal(FindingSeverity.Warning, finding.Severity);
        Assert.Contains("is already declared in init container 'migrate', container 'app', and its value is replaced", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void After_the_injection_containers_may_declare_the_variables()
    {
        var pod = With(("o.role", "r"), ("uuid", FirstUuid)) with { Containers = [new PodContainer("app", false, ["DBUSER", "DBPASSWORD"])] };
        Read(pod).HasNo(FindingCode.ReplacedVariable);
    }

    [Fact]
    public void Each_default_variable_is_reported_separately()
    {
        Assert.Equal(2, Read(("o.role", "r")).Findings.Count(finding => finding.Code == FindingCode.DefaultedVariable));
        Assert.Equal(
            InjectionAnnotation.Prefix + "o.env-key-dbpassword",
            Read(("o.role", "r"), ("o.env-key-dbuser", "U")).Only(FindingCode.DefaultedVariable).Key);
    }

    [Theory]
    [InlineData("classic", "to 'uri'")]
    [InlineData(" ", "describe a connection URI")]
    public void Template_and_uri_variable_have_no_effect_in_classic_mode(string mode, string suggestion)
    {
        var injection = Read(("o.role", "r"), ("o.mode", mode), ("o.template", "pg://db"), ("o.env-key-uri", "URL"));
        var findings = injection.Findings.Where(finding => finding.Code == FindingCode.SettingOfOtherMode).ToList();
        Assert.Equal(["o.env-key-uri", "o.template"], findings.Select(finding => finding.Key![InjectionAnnotation.Prefix.Length..]));
        Assert.All(findings, finding => Assert.Contains(suggestion, finding.Suggestion, StringComparison.Ordinal));
        Assert.Null(injection.Databases[0].Template);
        Assert.Empty(injection.Databases[0].UriVariables);
    }

    [Fact]
    public void Username_and_password_variables_have_no_effect_in_uri_mode()
    {
        var pod = Read(("o.role", "r"), ("o.mode", "uri"), ("o.template", "pg://db"), ("o.env-key-uri", "URL"), ("o.env-key-dbuser", "U"), ("o.env-key-dbpassword", "P"));
        Assert.Equal(2, pod.Findings.Count(finding => finding is { Code: FindingCode.SettingOfOtherMode, Severity: FindingSeverity.Warning }));
        Assert.False(pod.HasErrors);
    }

    [Fact]
    public void Role_and_cluster_without_a_database_are_warnings()
    {
        var injection = Read(("role", "r"), ("cluster", "pg"));
        Assert.Equal(2, injection.Findings.Count(finding => finding is { Code: FindingCode.NoDatabase, Severity: FindingSeverity.Warning }));
        Assert.Equal(InjectionState.Pending, injection.State);
    }

    [Fact]
    public void The_mode_of_the_pod_has_no_effect()
    {
        var injection = Read(("o.role", "r"), ("mode", "uri"));
        Assert.Equal(FindingSeverity.Information, injection.Only(FindingCode.ModeWithoutEffect).Severity);
        Assert.Equal(InjectionMode.Classic, injection.Databases[0].Mode);
    }

    [Fact]
    public void Findings_are_in_order_of_severity_key_and_code()
    {
        var findings = Read(("b.role", "r"), ("a.mode", "x"), ("a.rol", "x"), ("mode", "x"), ("clust", "x")).Findings;
        Assert.Equal(
            findings.OrderByDescending(f => f.Severity).ThenBy(f => f.Key, StringComparer.Ordinal).ThenBy(f => f.Code, StringComparer.Ordinal),
            findings);
        Assert.Equal(["KI005", "KI003", "KI002", "KI023", "KI023", "KI001", "KI020"], findings.Select(finding => finding.Code));
    }

    [Fact]
    public void Text_of_the_author_stays_on_one_line()
    {
        var injection = Read(With(("o\r\nrole", "x"), ("o\u2028\u202e.role\n", "x"), ("p.role", "r"), ("p.mode", "a\nb")) with
        {
            Containers = [new PodContainer("a\nb", false, ["DBUSER"])],
        });
        Assert.All(injection.Findings, finding => Assert.DoesNotMatch(@"[\p{Cc}\p{Cf}\p{Zl}]", finding.Message + finding.Suggestion));
        Assert.DoesNotMatch(@"[\p{Cc}\p{Cf}\p{Zl}]", injection.ToString());
    }
}
