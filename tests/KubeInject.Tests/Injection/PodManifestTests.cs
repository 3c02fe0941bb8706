using System.Text.Json.Nodes;
using KubeInject.Injection.Workloads;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Tests.Injection;

/// <summary>The manifest for a replacement of a pod.</summary>
public sealed class PodManifestTests
{
    private const string Mount = """{"name":"NAME","mountPath":"/var/run/secrets/kubernetes.io/serviceaccount","readOnly":true}""";

    [Fact]
    public void Server_fields_are_removed_and_all_others_are_kept()
    {
        var created = PodManifest.ForCreation(KubeObject.Parse("""
            {"apiVersion":"v1","kind":"Pod",
             "metadata":{"name":"a","namespace":"shop","labels":{"app":"a"},"annotations":{"note":"1"},"finalizers":["example.com/f"],"uid":"1","resourceVersion":"2","generation":3,
                         "creationTimestamp":"2026-01-01T00:00:00Z","selfLink":"/x","managedFields":[{}],"ownerReferences":[{"uid":"3","controller":false}]},
             "spec":{"nodeName":"node-1","priority":5,"priorityClassName":"high","preemptionPolicy":"Never","ephemeralContainers":[{}],"containers":[{"name":"app","env":[{"name":"A"}]}]},
             "status":{"phase":"Running"}}
            """));

        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""
                {"apiVersion":"v1","kind":"Pod",
                 "metadata":{"name":"a","namespace":"shop","labels":{"app":"a"},"annotations":{"note":"1"},"finalizers":["example.com/f"],"ownerReferences":[{"uid":"3","controller":false}]},
                 "spec":{"priorityClassName":"high","containers":[{"name":"app","env":[{"name":"A"}]}]}}
                """),
            JsonNode.Parse(created)),
            created);
    }

    [Theory]
    [InlineData("kube-api-access-x7k2p")]
    [InlineData("default-token-x7k2p")]
    public void The_token_volume_that_admission_added_is_removed(string name)
    {
        var created = Created(name, """[{"name":"data"},{"name":"NAME"}]""", $$"""[{"name":"data","mountPath":"/data"},{{Mount}}]""");

        Assert.Equal("""{"volumes":[{"name":"data"}],"containers":[{"name":"app","volumeMounts":[{"name":"data","mountPath":"/data"}]}]}""", created);
    }

    [Fact]
    public void If_nothing_else_was_mounted_the_empty_list_is_removed() =>
        Assert.Equal("""{"containers":[{"name":"app"}]}""", Created("kube-api-access-x7k2p", """[{"name":"NAME"}]""", $"[{Mount}]"));

    [Theory]
    [InlineData("my-token")]
    [InlineData("kube-api-access")]
    public void A_token_volume_of_the_author_is_kept(string name) =>
        Assert.Contains(name, Created(name, """[{"name":"NAME"}]""", $"[{Mount}]"), StringComparison.Ordinal);

    [Fact]
    public void A_volume_that_is_also_mounted_elsewhere_is_kept() =>
        Assert.Contains(
            """[{"name":"kube-api-access-x7k2p"}]""",
            Created("kube-api-access-x7k2p", """[{"name":"NAME"}]""", $$"""[{{Mount}},{"name":"NAME","mountPath":"/token"}]"""),
            StringComparison.Ordinal);

    private static string Created(string name, string volumes, string mounts)
    {
        var pod = $$$"""{"metadata":{"name":"a"},"spec":{"volumes":{{{volumes}}},"containers":[{"name":"app","volumeMounts":{{{mounts}}} }]}}""";
        return JsonNode.Parse(PodManifest.ForCreation(KubeObject.Parse(pod.Replace("NAME", name, StringComparison.Ordinal))))!["spec"]!.ToJsonString();
    }
}
