using System.Text.Json.Nodes;
using KubeInject.Manifests.Editing;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Tests.Manifests;

/// <summary>Added lines are accepted only if they say what the change adds, without anything that YAML parsers read differently.</summary>
public sealed class LineVerifierTests
{
    private static readonly JsonArray Variables = [new JsonObject { ["name"] = "PGUSER", ["value"] = "{user}" }, new JsonObject { ["name"] = "PGHOST", ["value"] = "db" }];

    [Theory]
    [InlineData("  - name: PGUSER\n    value: \"{user}\"\n  - name: PGHOST\n    value: \"db\"\n")]
    [InlineData("  - name: PGUSER\r\n    value: \"{user}\"\r\n  -   name: PGHOST\r\n      value: db\r\n")]
    [InlineData("  - name: PGUSER\n    value: \"{user}\"\n  - \"name\": \"PGHOST\"\n    value: db")]
    public void Items_with_the_intended_content_are_accepted(string lines) => Assert.True(AreItems(lines));

    [Theory]
    [InlineData("   - name: PGUSER\n     value: \"{user}\"\n   - name: PGHOST\n     value: \"db\"\n", "another column")]
    [InlineData("  - name: PGUSER\n    value: \"{user}\"\n  - name: PGHOST\n   value: \"db\"\n", "a key in another column")]
    [InlineData("  - name: PGUSER\n    value: {user}\n  - name: PGHOST\n    value: \"db\"\n", "no quotes")]
    [InlineData("  - name: PGUSER\n    value: \"{user}\"\n  - name: PGHOST\n    value:\n", "no value")]
    [InlineData("  - name: PGUSER\n    value: \"{user}\"\n  - name: PGHOST\n", "an entry is missing")]
    [InlineData("  - name: PGUSER\n    value: \"{user}\"\n", "an item is missing")]
    [InlineData("  - name: PGUSER\n    value: \"{user}\"\n  - name: PGHOST\n    value: \"db\"\n  - name: MORE\n", "an item more")]
    [InlineData("  - name: PGUSER\n    value: \"{user}\"\n  - name: PGHOST\n    value: \"db\" # text\n", "a comment")]
    [InlineData("  -name: PGUSER\n    value: \"{user}\"\n  - name: PGHOST\n    value: \"db\"\n", "no space after the dash")]
    [InlineData("  - name:PGUSER\n    value: \"{user}\"\n  - name: PGHOST\n    value: \"db\"\n", "no space after the colon")]
    public void Items_with_other_content_are_not_accepted(string lines, string reason) => Assert.False(AreItems(lines), reason);

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("\"two words\"", "two words")]
    [InlineData("\"yes\"", "yes")]
    public void A_scalar_with_one_meaning_is_accepted(string written, string value) => Assert.True(IsEntry($"  added: {written}\n", value));

    [Theory]
    [InlineData("yes", "yes")]
    [InlineData("1", "1")]
    [InlineData("two words", "two words")]
    [InlineData("'quoted'", "quoted")]
    [InlineData("\"\\u0061\"", "a")]
    [InlineData("\"a\\b\"", "a\\b")]
    [InlineData("\"a\"b\"", "a\"b")]
    [InlineData("\"\u00E9\"", "\u00E9")]
    [InlineData("\"a\tb\"", "a\tb")]
    public void A_scalar_that_only_a_parser_can_read_is_not_accepted(string written, string value) => Assert.False(IsEntry($"  added: {written}\n", value));

    [Theory]
    [InlineData("  added:\n  - a\n", true)]
    [InlineData("  added:\n      - a\n", true)]
    [InlineData("  added:\n - a\n", false)]
    [InlineData("  added:\n", false)]
    public void A_list_is_not_left_of_its_key(string lines, bool isAccepted) => Assert.Equal(isAccepted, IsEntry(lines, new JsonArray("a")));

    [Theory]
    [InlineData("  added:\n    key: a\n", true)]
    [InlineData("  added:\n  key: a\n", false)]
    public void A_mapping_is_right_of_its_key(string lines, bool isAccepted) => Assert.Equal(isAccepted, IsEntry(lines, new JsonObject { ["key"] = "a" }));

    [Fact]
    public void An_empty_collection_has_no_lines()
    {
        Assert.False(IsEntry("  added:\n", new JsonArray()));
        Assert.False(IsEntry("  added:\n", new JsonObject()));
    }

    [Theory]
    [InlineData(1_000, true)]
    [InlineData(1_001, false)]
    public void A_key_that_is_too_long_for_one_line_is_not_accepted(int length, bool isAccepted)
    {
        var key = new string('k', length);
        Assert.Equal(isAccepted, LineVerifier.AreAsMeant($"{key}: a\n", new AddEntry(new MappingNode(0, isFlow: false), key, "a"), column: 0));
    }

    private static bool AreItems(string lines) =>
        LineVerifier.AreAsMeant(lines, new AddItems(new SequenceNode(2, isFlow: false), (JsonArray)Variables.DeepClone(), 0), column: 2);

    private static bool IsEntry(string lines, JsonNode value) =>
        LineVerifier.AreAsMeant(lines, new AddEntry(new MappingNode(2, isFlow: false), "added", value), column: 2);
}
