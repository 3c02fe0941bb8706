using System.Text.Json;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Tests.Kubernetes;

public sealed class LabelSelectorTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("app=orders", true)]
    public void An_empty_selector_matches_everything(string labels, bool expected)
    {
        Assert.Equal(expected, Matches("{}", labels));
        Assert.Equal(expected, Matches("null", labels));
    }

    [Theory]
    [InlineData("app=orders", true)]
    [InlineData("app=orders,tier=web", true)]
    [InlineData("app=Orders", false)]
    [InlineData("tier=web", false)]
    [InlineData("", false)]
    public void matchLabels_compares_the_value(string labels, bool expected) => Assert.Equal(expected, Matches("""{"matchLabels":{"app":"orders"}}""", labels));

    [Theory]
    [InlineData("In", "tier=web", true)]
    [InlineData("In", "tier=db", false)]
    [InlineData("In", "", false)]
    [InlineData("NotIn", "tier=web", false)]
    [InlineData("NotIn", "tier=db", true)]
    [InlineData("NotIn", "", true)]
    [InlineData("Exists", "tier=db", true)]
    [InlineData("Exists", "tier=", true)]
    [InlineData("Exists", "", false)]
    [InlineData("DoesNotExist", "tier=db", false)]
    [InlineData("DoesNotExist", "", true)]
    [InlineData("Like", "tier=web", false)]
    public void matchExpressions_follows_its_operator(string @operator, string labels, bool expected)
    {
        var values = @operator.EndsWith("In", StringComparison.Ordinal) ? """["web","api"]""" : "[]";

        Assert.Equal(expected, Matches($$"""{"matchExpressions":[{"key":"tier","operator":"{{@operator}}","values":{{values}}}]}""", labels));
    }

    [Fact]
    public void All_requirements_must_match_and_the_first_mismatch_is_named()
    {
        var selector = Read("""{"matchLabels":{"app":"orders"},"matchExpressions":[{"key":"legacy","operator":"DoesNotExist"},{"key":"tier","operator":"In","values":["web"]}]}""");

        Assert.Equal("!legacy", $"{selector.FirstUnmet(Labels("app=orders,legacy=yes"))}");
        Assert.Equal("tier=web", $"{selector.FirstUnmet(Labels("app=orders"))}");
        Assert.Null(selector.FirstUnmet(Labels("app=orders,tier=web")));
    }

    [Fact]
    public void A_selector_is_written_in_the_format_of_list_requests() => Assert.Equal(
        "app=orders,tier notin (db,cache),!legacy,owner",
        $"{Read("""
            {"matchLabels":{"app":"orders"},"matchExpressions":[{"key":"tier","operator":"NotIn","values":["db","cache"]},
             {"key":"legacy","operator":"DoesNotExist"},{"key":"owner","operator":"Exists"}]}
            """)}");

    private static bool Matches(string selector, string labels) => Read(selector).Matches(Labels(labels));

    private static LabelSelector Read(string json) => LabelSelector.Read(JsonDocument.Parse(json).RootElement);

    private static Dictionary<string, string> Labels(string labels) =>
        labels.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(label => label.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
}
