using System.Text.Json;
using FsCheck.Fluent;
using KubeInject.Kubernetes.Objects;
using KubeInject.Manifests;
using KubeInject.Testing;

namespace KubeInject.Tests.Kubernetes;

public class PodTests
{
    private const string Whole = """
        {"apiVersion":"v1","kind":"Pod",
         "metadata":{"name":"orders-1","namespace":"shop","uid":"u-1","creationTimestamp":"2026-01-02T03:04:05Z",
          "labels":{"app":"orders"},"annotations":{"note":"a"},
          "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"orders","uid":"u-2","controller":true}]},
         "spec":{"serviceAccountName":"teller","nodeName":"node-1",
          "initContainers":[{"name":"migrate","image":"migrate:1","env":[{"name":"A","value":"x"}]}],
          "containers":[{"name":"app","image":"app:1","env":[{"name":"B"},{"name":"B"}]},{"name":"side"}]},
         "status":{"phase":"Running","podIP":"10.0.0.9","startTime":"2026-01-02T03:04:06Z",
          "initContainerStatuses":[{"name":"migrate","ready":true,"restartCount":1,"state":{"terminated":{"exitCode":0,"reason":"Completed"}}}],
          "containerStatuses":[{"name":"side","ready":false,"restartCount":0,"state":{"waiting":{"reason":"ContainerCreating"}}},
           {"name":"app","ready":true,"restartCount":3,"state":{"running":{}},"lastState":{"terminated":{"finishedAt":"2026-01-02T04:00:00Z"}}}]}}
        """;

    [Theory]
    [InlineData("""{"generateName":"orders-"}""", "orders-*")]
    [InlineData("""{"generateName":"orders-","name":"orders-1"}""", "orders-1")]
    [InlineData("{}", "")]
    public void A_pod_without_a_name_is_named_by_its_generateName_as_in_a_manifest(string metadata, string name)
    {
        var pod = Pod.Parse($$$"""{"apiVersion":"v1","kind":"Pod","metadata":{{{metadata}}},"spec":{"containers":[{"name":"app"}]}}""");

        Assert.Equal(name, pod.ToTemplate().Object.Name);
        Assert.Equal($"pod/{name}", $"{pod}");
        Assert.Equal(pod.ToTemplate().Object, Manifest.Parse(new ManifestText(pod.ToJson())).Documents[0].PodTemplates[0].Template.Object);
    }

    [Fact]
    public void Common_properties_are_read()
    {
        var pod = Pod.Parse(Whole);
        Assert.Equal(("orders-1", "shop", "u-1", "teller", "node-1", "Running", "10.0.0.9"), (pod.Name, pod.Namespace, pod.Uid, pod.ServiceAccountName, pod.NodeName, pod.Phase, pod.PodIP));
        Assert.Equal("orders", pod.Labels["app"]);
        Assert.Equal("a", pod.Annotations["note"]);
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), pod.CreationTimestamp);
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 4, 6, TimeSpan.Zero), pod.StartTime);
        Assert.Equal(new OwnerReference("apps/v1", "ReplicaSet", "orders", "u-2", true), Assert.Single(pod.OwnerReferences));
        Assert.Equal(("1/2", "ContainerCreating", 3), (pod.Ready, pod.Status, pod.Restarts));
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 4, 0, 0, TimeSpan.Zero), pod.LastRestart);
        Assert.Equal("shop/pod/orders-1", pod.ToString());
    }

    [Fact]
    public void Containers_are_joined_with_their_statuses_by_name()
    {
        var pod = Pod.Parse(Whole);
        Assert.Equal(
            [("app", false, "app:1", true, 3), ("side", false, null, false, 0)],
            pod.Containers.Select(container => (container.Name, container.IsInit, container.Image, container.Ready, container.RestartCount)));
        var init = Assert.Single(pod.InitContainers);
        Assert.Equal(("migrate", true, true, 1), (init.Name, init.IsInit, init.Ready, init.RestartCount));
    }

    [Fact]
    public void The_template_has_init_containers_first_and_variables_in_order()
    {
        var template = Pod.Parse(Whole).ToTemplate();
        Assert.Equal(new ObjectReference("Pod", "shop", "orders-1"), template.Object);
        Assert.Equal("teller", template.ServiceAccountName);
        Assert.Equal(["migrate:True:A", "app:False:B,B", "side:False:"], template.Containers.Select(container => $"{container.Name}:{container.IsInit}:{string.Join(',', container.Variables)}"));
        Assert.Empty(template.WorkloadAnnotations);
    }

    [Fact]
    public void The_default_ServiceAccount_is_default() => Assert.Equal("default", Pod.Parse("{}").ServiceAccountName);

    [Fact]
    public void A_document_that_is_a_manifest_is_kept_byte_for_byte() => Assert.Equal(Whole, Pod.Parse(Whole).ToJson());

    [Theory]
    [InlineData("""{"metadata":{"name":"a"}}""", """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}""")]
    [InlineData(""" { "x" : 1.50, "y":"\u00e9" }""", """ {"apiVersion":"v1","kind":"Pod", "x" : 1.50, "y":"\u00e9" }""")]
    [InlineData("""{"kind":"Pod"}""", """{"apiVersion":"v1","kind":"Pod"}""")]
    [InlineData("""{"apiVersion":"v1"}""", """{"kind":"Pod","apiVersion":"v1"}""")]
    [InlineData("{}", """{"apiVersion":"v1","kind":"Pod"}""")]
    public void Fields_that_a_list_omits_are_added_at_the_start_and_nothing_else_changes(string sent, string json) => Assert.Equal(json, Pod.Parse(sent).ToJson());

    [Theory]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("{")]
    [InlineData("")]
    public void A_value_that_is_not_an_object_is_not_a_pod(string json) => Assert.ThrowsAny<JsonException>(() => Pod.Parse(json));

    [Fact]
    public void A_value_of_an_unexpected_type_is_read_as_empty()
    {
        // Replaces one or more values of the document by each kind of unexpected value.
        var count = CountValues(JsonDocument.Parse(Whole).RootElement);
        string[] odd = ["null", "1", "-1e400", "true", "\"\"", "\"\\ud800\"", "[]", "{}", "[null,1,{},[]]", "{\"name\":{}}"];
        var edits = Gen.Choose(1, count - 1).Zip(Gen.Elements(odd)).ListOf(3);
        Prop.ForAll(edits.ToArbitrary(), chosen =>
        {
            var index = 0;
            var json = Replace(JsonDocument.Parse(Whole).RootElement, chosen.DistinctBy(edit => edit.Item1).ToDictionary(), ref index);
            var pod = Pod.Parse(json);
            return pod.ToJson().Length >= json.Length && pod.Ready.Contains('/') && pod.ToTemplate().Object.Kind == "Pod";
        }).CheckSeeded(2000);
    }

    private static int CountValues(JsonElement element) => 1 + element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().Sum(property => CountValues(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().Sum(CountValues),
        _ => 0,
    };

    private static string Replace(JsonElement element, Dictionary<int, string> by, ref int index)
    {
        if (by.TryGetValue(index++, out var odd))
        {
            index += CountValues(element) - 1;
            return odd;
        }

        var parts = new List<string>();
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in element.EnumerateObject())
                parts.Add($"\"{property.Name}\":{Replace(property.Value, by, ref index)}");
            return $"{{{string.Join(',', parts)}}}";
        }

        if (element.ValueKind != JsonValueKind.Array)
            return element.GetRawText();
        foreach (var item in element.EnumerateArray())
            parts.Add(Replace(item, by, ref index));
        return $"[{string.Join(',', parts)}]";
    }
}
