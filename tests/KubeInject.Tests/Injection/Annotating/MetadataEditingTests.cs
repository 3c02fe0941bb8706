using KubeInject.Annotations;
using KubeInject.Injection.Annotating;
using static KubeInject.Tests.Injection.AnnotatingFixture;

namespace KubeInject.Tests.Injection;

/// <summary>Labels and annotations are changed in place, and nothing else changes.</summary>
public sealed class MetadataEditingTests
{
    private const string Containers = """

        spec:
          containers:
            - name: app

        """;

    private static readonly MoveMetadata MoveA = new(MetadataField.Annotation, "a");

    public static TheoryData<string, string, MetadataChange[], string> Pods => new()
    {
        {
            "a value is replaced in place, with quotes",
            "labels:\n    on: true # yes\n    b: x\n",
            [Label("on", "true")],
            "labels:\n    \"on\": \"true\" # yes\n    b: x\n"
        },
        {
            "a key is renamed and its value is unchanged",
            "annotations:\n    a:   'x'  # why\n    b: |\n      y\n",
            [new RenameMetadata(MetadataField.Annotation, "a", "c"), new RenameMetadata(MetadataField.Annotation, "b", "true")],
            "annotations:\n    c:   'x'  # why\n    \"true\": |\n      y\n"
        },
        {
            "a line is removed, and comments around it are kept",
            "annotations:\n    # of a\n    a: x # here\n    # of b\n    b: y\n",
            [Unannotate("a")],
            "annotations:\n    # of a\n    # of b\n    b: y\n"
        },
        {
            "all lines of a value are removed",
            "annotations:\n    a: |\n      # no comment\n\n      x\n    b: y\n",
            [Unannotate("a")],
            "annotations:\n    b: y\n"
        },
        {
            "the mapping is removed with its last key",
            "labels:\n    a: x\n  annotations: # ours\n    a: x\n    b: y\n",
            [Unannotate("a"), Unannotate("b")],
            "labels:\n    a: x\n"
        },
        {
            "a new key takes the position of a removed one",
            "annotations:\n    a: x\n",
            [Unannotate("a"), Annotate("b", "y"), Annotate("c", "z")],
            "annotations:\n    b: \"y\"\n    c: \"z\"\n"
        },
        {
            "a new key is added beside similar keys",
            "annotations:\n    p/a: x\n    q/a: x\n",
            [Annotate("p/b", "y"), Annotate("r", "y")],
            "annotations:\n    p/a: x\n    p/b: \"y\"\n    q/a: x\n    r: \"y\"\n"
        },
        {
            "a missing mapping is created",
            "name: orders\n",
            [Label("a", "x"), Annotate("b", "y")],
            "name: orders\n  labels:\n    a: \"x\"\n  annotations:\n    b: \"y\"\n"
        },
        {
            "an empty mapping is filled, and its comment is kept",
            "annotations: {}  # none\n  labels: # none\n",
            [Annotate("b", "y"), Label("a", "x")],
            "annotations:  # none\n    b: \"y\"\n  labels: # none\n    a: \"x\"\n"
        },
        {
            "flow style",
            "annotations: {a: x, b: y, c: z}\n",
            [Unannotate("a"), Annotate("d", "w")],
            "annotations: {b: y, c: z, \"d\": \"w\"}\n"
        },
        {
            "the last item of a flow mapping is removed",
            "annotations: {a: x, b: y, c: z}\n",
            [Unannotate("b"), Unannotate("c"), new RenameMetadata(MetadataField.Annotation, "a", "true")],
            "annotations: {\"true\": x}\n"
        },
        {
            "a multi-line flow mapping is edited",
            "annotations: {\n      a: x, # of a\n      # of b\n      b: y, # of b too\n      c: z,\n    }\n",
            [Unannotate("b")],
            "annotations: {\n      a: x, # of a\n      # of b\n      c: z,\n    }\n"
        },
        {
            "an emptied flow mapping is removed",
            "name: x\n  annotations: {\n    a: x\n  }\n",
            [Unannotate("a")],
            "name: x\n"
        },
    };

    [Theory]
    [MemberData(nameof(Pods))]
    public void A_pod_is_edited(string rule, string before, MetadataChange[] changes, string after)
    {
        foreach (var lineBreak in (string[])["\n", "\r\n"])
        {
            var (text, result) = Run(Pod(before, lineBreak), changes);
            Assert.Null(result.Pods[0].Error);
            Assert.True(Pod(after, lineBreak) == text, $"{rule}:\n{text}");
        }
    }

    [Fact]
    public void A_file_without_a_final_line_break_is_edited()
    {
        const string Head = "kind: Pod\napiVersion: v1\nspec: {containers: []}\nmetadata:\n  name: x\n  annotations:\n    a: x";
        var (text, result) = Run(Head, Unannotate("a"));
        Assert.Null(result.Pods[0].Error);
        Assert.Equal(Head[..^"  annotations:\n    a: x".Length], text);
        Assert.Equal(Head + "\n    c: \"z\"\n", Run(Head + "\n    b: y", Unannotate("b"), Annotate("c", "z")).Text);
    }

    [Fact]
    public void JSON_keeps_valid_commas()
    {
        const string Before = """
            {
              "apiVersion": "v1", "kind": "Pod",
              "metadata": {
                "name": "x",
                "annotations": {
                  "a": "x",
                  "b": "y",
                  "c": "z"
                }
              }
            }
            """;
        Assert.Equal(Before.Replace("\"b\": \"y\",\n      \"c\": \"z\"", "\"b\": \"y\"", StringComparison.Ordinal), Run(Before, Unannotate("c")).Text);
        Assert.Equal(Before.Replace("      \"a\": \"x\",\n", "", StringComparison.Ordinal), Run(Before, Unannotate("a")).Text);
        Assert.Equal(
            Before.Replace("\"x\",\n    \"annotations\": {\n      \"a\": \"x\",\n      \"b\": \"y\",\n      \"c\": \"z\"\n    }", "\"x\"", StringComparison.Ordinal),
            Run(Before, Unannotate("a"), Unannotate("b"), Unannotate("c")).Text);
        Assert.Equal(
            Before.Replace("\"b\": \"y\",\n      \"c\": \"z\"", "\"d\": \"w\"", StringComparison.Ordinal),
            Run(Before, Unannotate("b"), Unannotate("c"), Annotate("d", "w")).Text);
    }

    [Fact]
    public void Metadata_is_moved_from_a_workload_to_its_pod_template()
    {
        var (text, result) = Run(
            "apiVersion: batch/v1\nkind: CronJob\nmetadata:\n    name: x\n    annotations:\n        a: true\n    labels: {l: m}\nspec:\n    jobTemplate:\n        spec:\n            template:\n                spec:\n                    containers: []\n",
            MoveA,
            new MoveMetadata(MetadataField.Label, "l"),
            new MoveMetadata(MetadataField.Label, "none"));
        Assert.Equal(
            "apiVersion: batch/v1\nkind: CronJob\nmetadata:\n    name: x\nspec:\n    jobTemplate:\n        spec:\n            template:\n                metadata:\n                    labels:\n                        l: \"m\"\n                    annotations:\n                        a: \"true\"\n                spec:\n                    containers: []\n",
            text);
        Assert.Equal(["Move a to the pod template.", "Move l to the pod template."], result.Pods[0].Changes);
    }

    [Fact]
    public void A_one_line_JSON_manifest_can_have_any_nesting_depth()
    {
        var deep = $"{string.Concat(Enumerable.Repeat("[", 150))}{new string(']', 150)}";
        var (_, result) = Run($$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","annotations":{} },"spec":{"containers":[{"name":"app"}],"x":{{deep}}} }""", Annotate("a", "x"));

        Assert.Null(result.Error);
        Assert.Contains("\"a\": \"x\"", Assert.Single(result.Pods).Diff, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_edit_changes_nothing()
    {
        var changes = (MetadataChange[])[Annotate("a", "x"), Unannotate("b"), new RenameMetadata(MetadataField.Annotation, "c", "d"), Label("e", "true")];
        var (once, _) = Run(Pod("annotations:\n    b: x\n    c: x\n", "\n"), changes);
        var (twice, result) = Run(once, changes);
        Assert.Equal(once, twice);
        Assert.Equal(AnnotationStatus.Unchanged, result.Pods[0].Status);
        Assert.Empty(result.Pods[0].Diff);
    }

    [Theory]
    [InlineData("&common")]
    [InlineData("{<<: &common {a: x}}")]
    public void An_anchor_that_is_used_elsewhere_is_not_changed(string anchor)
    {
        var before = Pod($"labels: {anchor}\n{(anchor[0] == '&' ? "    a: x\n" : "")}  annotations: *common\n", "\n");
        foreach (var change in (MetadataChange[])[Unannotate("a"), Annotate("a", "z"), Annotate("b", "z"), new RenameMetadata(MetadataField.Annotation, "a", "b"), new RemoveMetadata(MetadataField.Label, "a")])
        {
            var (text, result) = Run(before, change);
            Assert.Empty(text);
            Assert.Equal(AnnotationStatus.Failed, result.Pods[0].Status);
            Assert.Matches(@"^<input>:\d+:\d+: .*&common.*line \d+", result.Pods[0].Error);
        }
    }

    [Fact]
    public void An_anchor_that_two_pods_share_is_changed_if_both_need_it()
    {
        var text = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: a\n    annotations: &shared\n      a: x\n      b: x\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: b\n    annotations: *shared\n";
        Assert.Equal(text.Replace("      a: x\n", "", StringComparison.Ordinal).Replace("      b: x\n", "      b: x\n      c: \"y\"\n", StringComparison.Ordinal), Run(text, Unannotate("a"), Annotate("c", "y")).Text);
    }

    private static string Pod(string metadata, string lineBreak) =>
        $"# head\napiVersion: v1\nkind: Pod\nmetadata:\n  {metadata}{Containers.TrimStart()}".ReplaceLineEndings(lineBreak);
}
