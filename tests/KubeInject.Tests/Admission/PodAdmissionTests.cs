using System.Text.Json.Nodes;
using KubeInject.Admission;
using KubeInject.Annotations;
using KubeInject.Injection;
using static KubeInject.Tests.Admission.AdmissionFixture;

namespace KubeInject.Tests.Admission;

/// <summary>A pod that requests credentials gets variables that refer to a Secret, and nothing else of it changes.</summary>
public sealed class PodAdmissionTests
{
    private static readonly string First = PodSecret.NameOf(Uuid(1));

    [Fact]
    public void Every_container_gets_the_variables_from_the_Secret_of_the_first_UUID()
    {
        var pod = Pod(("orders.role", "rw"), ("stock.role", "ro"), ("stock.mode", "uri"), ("stock.env-key-uri", "STOCK"), ("stock.template", "postgres://db/stock"));
        pod["spec"]!["initContainers"] = new JsonArray(Container("migrate"), Sidecar("proxy"));

        var answer = new AdmissionFixture().Admit(pod);

        Assert.Equal(AdmissionResult.Patched, answer.Result);
        Assert.Equal("JSONPatch", answer.Response["patchType"]!.GetValue<string>());
        Assert.Equal($"{Uuid(1)},{Uuid(2)}", answer.Uuids);
        Assert.Equal("kubeinject-00000001-0000-0000-0000-000000000000", First);
        Assert.All(["migrate", "proxy", "app"], container => Assert.Equal(
            [$"DBUSER={First}/orders.username", $"DBPASSWORD={First}/orders.password", $"STOCK={First}/stock.uri"], answer.Variables(container)));
    }

    [Fact]
    public void Only_the_variables_and_the_annotation_are_in_the_patch()
    {
        var pod = Pod(("orders.role", "rw"));
        pod["spec"]!["fieldOfTheFuture"] = new JsonObject { ["x"] = new JsonArray(1, 2.50, "é\u2028", null) };
        pod["spec"]!["ephemeralContainers"] = new JsonArray(Container("debugger"));
        pod["spec"]!["os"] = new JsonObject { ["name"] = "windows" };

        var answer = new AdmissionFixture().Admit(pod);

        Assert.Equal(
            ["add /metadata/annotations/db-creds-injector.numberly.io~1uuid", "add /spec/containers/0/env"],
            answer.Patch!.Select(operation => $"{operation!["op"]} {operation["path"]}"));
        answer.Pod["spec"]!["containers"]![0]!.AsObject().Remove("env");
        answer.Pod["metadata"]!["annotations"]!.AsObject().Remove(InjectionAnnotation.Uuid);
        Assert.Equal(pod.ToJsonString(), answer.Pod.ToJsonString());
    }

    [Fact]
    public void A_variable_that_another_one_refers_to_is_inserted_before_it()
    {
        var pod = Pod(("orders.role", "rw"), ("orders.env-key-dbuser", "PGUSER"), ("orders.env-key-dbpassword", "PGPASSWORD"));
        pod["spec"]!["containers"] = new JsonArray(Container("app", Variable("FIRST", "1"), Variable("URL", "postgres://$(PGUSER)@db"), Variable("LAST", "$(PGPASSWORD)"), Variable("END", "1")));

        var answer = new AdmissionFixture().Admit(pod);

        Assert.Equal(
            ["FIRST=1", $"PGUSER={First}/orders.username", "URL=postgres://$(PGUSER)@db", $"PGPASSWORD={First}/orders.password", "LAST=$(PGPASSWORD)", "END=1"],
            answer.Variables("app"));
    }

    [Fact]
    public void A_declared_variable_is_replaced_in_place_with_a_warning()
    {
        var pod = Pod(("orders.role", "rw"));
        var both = Variable("DBUSER", "old");
        both["valueFrom"] = new JsonObject { ["fieldRef"] = new JsonObject { ["fieldPath"] = "metadata.name" } };
        pod["spec"]!["containers"] = new JsonArray(Container("app", both, Variable("OTHER", "1"), new JsonObject { ["name"] = "DBPASSWORD" }), Container("second", Variable("DBPASSWORD", "old")));

        var answer = new AdmissionFixture().Admit(pod);

        Assert.Equal([$"DBUSER={First}/orders.username", "OTHER=1", $"DBPASSWORD={First}/orders.password"], answer.Variables("app"));
        Assert.Equal([$"DBPASSWORD={First}/orders.password", $"DBUSER={First}/orders.username"], answer.Variables("second"));
        Assert.Contains(answer.Warnings, warning => warning.StartsWith($"{FindingCode.ReplacedVariable} ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    public void An_empty_list_of_variables_is_replaced(string env)
    {
        var pod = Pod(("orders.role", "rw"));
        pod["spec"]!["containers"]![0]!["env"] = JsonNode.Parse(env);

        Assert.Equal(2, new AdmissionFixture().Admit(pod).Variables("app").Count);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("True")]
    [InlineData("false")]
    public void A_pod_without_the_label_is_unchanged(string? label)
    {
        var pod = Pod(("orders.role", "rw"));
        pod["metadata"]!["labels"] = label is null ? null : new JsonObject { ["vault-db-injector"] = label };

        var answer = new AdmissionFixture().Admit(pod);

        Assert.Equal((AdmissionResult.Unchanged, true, null), (answer.Result, answer.IsAllowed, answer.Patch));
        Assert.Empty(answer.Warnings);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"example.com/note":"orders"}""")]
    [InlineData("""{"db-creds-injector.numberly.io/revoke-ttl":"1h","db-creds-injector.numberly.io/orders.role":"rw"}""")]
    [InlineData("""{"db-creds-injector.numberly.io/cluster":"databases"}""")]
    public void A_pod_that_requests_no_database_is_unchanged(string annotations)
    {
        var pod = Pod();
        pod["metadata"]!["annotations"] = JsonNode.Parse(annotations);

        var answer = new AdmissionFixture().Admit(pod);

        Assert.Equal((AdmissionResult.Unchanged, true, null), (answer.Result, answer.IsAllowed, answer.Patch));
    }

    [Fact]
    public void A_pod_without_metadata_is_unchanged() =>
        Assert.Equal(AdmissionResult.Unchanged, new AdmissionFixture().Admit(new JsonObject { ["kind"] = "Pod", ["apiVersion"] = "v1" }).Result);

    [Theory]
    [InlineData("operation", "\"UPDATE\"")]
    [InlineData("operation", "\"DELETE\"")]
    [InlineData("operation", "\"CONNECT\"")]
    [InlineData("subResource", "\"ephemeralcontainers\"")]
    [InlineData("resource", """{"group":"","version":"v1","resource":"configmaps"}""")]
    [InlineData("kind", """{"group":"","version":"v1","kind":"ConfigMap"}""")]
    [InlineData("kind", """{"group":"apps","version":"v1","kind":"Pod"}""")]
    [InlineData("kind", "null")]
    public void Other_requests_are_allowed_without_a_patch(string field, string value)
    {
        var review = Review(Pod(("orders.role", "rw")));
        review["request"]![field] = JsonNode.Parse(value);

        var answer = new AdmissionFixture().Send(review);

        Assert.Equal((AdmissionResult.Unchanged, true, null), (answer.Result, answer.IsAllowed, answer.Patch));
    }

    [Fact]
    public void A_deleted_object_is_allowed()
    {
        var review = Review(null);
        review["request"]!["operation"] = "DELETE";

        Assert.True(new AdmissionFixture().Send(review).IsAllowed);
    }

    [Fact]
    public void A_dry_run_has_the_same_answer()
    {
        var review = Review(Pod(("orders.role", "rw")));
        review["request"]!["dryRun"] = true;

        Assert.Equal(new AdmissionFixture().Admit(Pod(("orders.role", "rw"))).Response.ToJsonString(), new AdmissionFixture().Send(review).Response.ToJsonString());
    }

    [Fact]
    public void A_warning_is_one_line_of_at_most_256_characters()
    {
        var pod = Pod(("orders.role", "rw"), ("orders.env-key-dbuser", "A"), ("orders.env-key-dbpassword", "B"), ($"orders.{new string('x', 200)}\n😀", "1"));

        var warning = Assert.Single(new AdmissionFixture().Admit(pod).Warnings);

        Assert.Equal(256, warning.Length);
        Assert.EndsWith("…", warning, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', warning);
    }

    [Fact]
    public void A_pod_with_very_many_variables_is_admitted_with_few_warnings()
    {
        var pod = Pod(("orders.role", "rw"));
        pod["spec"]!["containers"] = new JsonArray(Container("app", [.. Enumerable.Range(0, 30_000).Select(i => Variable($"V{i}", "$(DBUSER)")), Variable("DBUSER", "last")]));

        var answer = new AdmissionFixture().Admit(pod);

        Assert.Equal(16, answer.Warnings.Count);
        Assert.Equal(30_002, answer.Variables("app").Count);
    }

    [Fact]
    public void Findings_about_another_injector_are_no_warnings() =>
        Assert.Empty(new AdmissionFixture().Admit(Pod(("orders.role", "rw"), ("orders.env-key-dbuser", "A,,B"))).Warnings);

    private static JsonObject Sidecar(string name)
    {
        var container = Container(name);
        container["restartPolicy"] = "Always";
        return container;
    }
}
