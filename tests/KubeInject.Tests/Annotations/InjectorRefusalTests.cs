using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;
using static KubeInject.Tests.Annotations.TestPods;

namespace KubeInject.Tests.Annotations;

public sealed class InjectorRefusalTests
{
    private static readonly (string, string)[] Classic = [("o.role", "r"), ("o.env-key-dbuser", "A"), ("o.env-key-dbpassword", "B")];

    [Theory]
    [InlineData("o.mode", "classic ")]
    [InlineData("o.mode", "  ")]
    [InlineData("o.env-key-dbuser", " A")]
    [InlineData("o.env-key-dbuser", "A, C")]
    [InlineData("o.env-key-dbuser", "A,C\n")]
    [InlineData("cluster", " databases ")]
    public void Whitespace_around_a_value_is_reported_and_removed_by_the_fix(string key, string value)
    {
        var pod = With([.. Classic.Where(pair => pair.Item1 != key), (key, value)]);

        var finding = Refused(pod, FindingCode.SurroundingWhitespace);

        Assert.Equal(InjectionAnnotation.Prefix + key, finding.Key);
        Assert.NotNull(finding.Fix);
        Assert.Empty(Read(FixTests.Apply(pod, finding.Fix!)).Findings);
    }

    [Theory]
    [InlineData(" pg://db/orders", true)]
    [InlineData("pg://db/orders\n", true)]
    [InlineData("pg://db:5432 ", true)]
    [InlineData("pg://db/orders ", false)]
    public void Whitespace_around_a_template_is_reported(string template, bool isRefused)
    {
        var finding = Read(WithTemplate(template)).Only(FindingCode.SurroundingWhitespace);

        Assert.Equal((FindingSeverity.Warning, isRefused), (finding.Severity, finding.IsRefusedByInjector));
        Assert.Empty(Read(FixTests.Apply(WithTemplate(template), finding.Fix!)).Findings);
    }

    [Theory]
    [InlineData("mysql://tcp(db:3306)/app")]
    [InlineData("pg://db:$(PORT)/orders")]
    public void A_template_that_Go_cannot_parse_is_reported(string template) =>
        Refused(WithTemplate(template), FindingCode.TemplateNotParsed);

    [Theory]
    [InlineData("pg://db")]
    [InlineData("pg://@db:5432/orders?sslmode=require#a")]
    [InlineData("mongodb://a:27017,b:27017/orders")]
    [InlineData("pg://[::1]:5432/orders")]
    [InlineData("pg://$(HOST)/orders")]
    [InlineData("pg:///orders?host=/run")]
    public void A_template_that_Go_parses_is_not_reported(string template) =>
        Assert.DoesNotContain(Read(WithTemplate(template)).Findings, finding => finding.IsRefusedByInjector);

    [Fact]
    public void Placeholders_in_the_userinfo_are_refused() =>
        Refused(WithTemplate("pg://{{user}}:{{password}}@db/orders"), FindingCode.PlaceholderTemplate);

    [Fact]
    public void Placeholders_elsewhere_are_not_refused_but_not_replaced()
    {
        var finding = Read(WithTemplate("pg://db/orders?user={{user}}")).Only(FindingCode.PlaceholderTemplate);

        Assert.False(finding.IsRefusedByInjector);
        Assert.Contains("does not replace", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_role_is_reported_although_the_pod_has_a_role()
    {
        var pod = With([("role", "pod-role"), ("o.role", ""), .. Classic[1..]]);

        var finding = Refused(pod, FindingCode.EmptyRole);

        Assert.Equal("pod-role", Assert.Single(Read(pod).Databases).Role);
        Assert.Empty(Read(FixTests.Apply(pod, finding.Fix!)).Findings);
    }

    [Theory]
    [InlineData("o.role", "r", FindingCode.DefaultedVariable)]
    [InlineData("cluster", "databases", FindingCode.NoDatabase)]
    [InlineData("mode", "classic", FindingCode.LabelWithoutAnnotations)]
    public void A_pod_without_variables_or_without_a_database_is_reported(string key, string value, string code) =>
        Assert.All(Read((key, value)).Findings.Where(finding => finding.Code == code), finding => Assert.True(finding.IsRefusedByInjector));

    [Fact]
    public void An_extra_comma_is_refused() =>
        Refused(With([.. Classic[..1], ("o.env-key-dbuser", "A,"), .. Classic[2..]]), FindingCode.EmptyListItem);

    private static Finding Refused(PodTemplate pod, string code)
    {
        var finding = Read(pod).Only(code);
        Assert.Equal((FindingSeverity.Warning, true), (finding.Severity, finding.IsRefusedByInjector));
        return finding;
    }
}
