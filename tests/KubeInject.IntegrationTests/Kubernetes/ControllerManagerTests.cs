using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.IntegrationTests.Kubernetes;

/// <summary>What other tests require of a cluster with a controller manager.</summary>
[Collection(nameof(ControllerManagerCluster))]
public sealed class ControllerManagerTests(ControllerManagerCluster cluster)
{
    private const string PodSpec = """{"containers":[{"name":"app","image":"app"}]}""";

    private const string Workload = $$$"""{"metadata":{"name":"orders"},"spec":{"replicas":2,"selector":{"matchLabels":{"app":"orders"} },"template":{"metadata":{"labels":{"app":"orders"} },"spec":{{{PodSpec}}} } } }""";

    [ControllerManagerFact]
    public async Task A_Deployment_gets_a_ReplicaSet_and_pods_that_are_deleted_with_it()
    {
        using var connection = await cluster.OpenNamespaceAsync();
        var deployment = await connection.Objects.CreateAsync(KubeResource.Deployments, KubeObject.Parse(Workload));

        var pods = await cluster.UntilAsync(connection, KubeResource.Pods, pods => pods.Count == 2);
        var replicaSet = Assert.Single(await cluster.UntilAsync(connection, KubeResource.ReplicaSets, replicaSets => replicaSets.Count == 1));
        Assert.Equal(deployment.Uid, OwnerOf(replicaSet));
        Assert.All(pods, pod => Assert.Equal(replicaSet.Uid, OwnerOf(pod)));

        await connection.Objects.DeleteAsync(KubeResource.Deployments, deployment.Name);
        await cluster.UntilAsync(connection, KubeResource.ReplicaSets, replicaSets => replicaSets.Count == 0);
        await cluster.UntilAsync(connection, KubeResource.Pods, pods => pods.Count == 0);
    }

    [ControllerManagerFact]
    public async Task A_Secret_is_deleted_with_the_pod_that_owns_it()
    {
        using var connection = await cluster.OpenNamespaceAsync();
        var pod = await connection.Objects.CreateAsync(KubeResource.Pods, KubeObject.Parse($$$"""{"metadata":{"name":"orders"},"spec":{{{PodSpec}}} }"""));
        await connection.Objects.CreateAsync(KubeResource.Secrets, KubeObject.Parse("""{"metadata":{"name":"of-nothing"}}"""));
        await connection.Objects.CreateAsync(KubeResource.Secrets, KubeObject.Parse($$$"""
            {"metadata":{"name":"of-the-pod","ownerReferences":[{"apiVersion":"v1","kind":"Pod","name":"orders","uid":"{{{pod.Uid}}}"}]}}
            """));

        await connection.Objects.DeleteAsync(KubeResource.Pods, pod.Name);
        var secrets = await cluster.UntilAsync(connection, KubeResource.Secrets, secrets => !secrets.Exists(secret => secret.Name == "of-the-pod"));
        Assert.Contains(secrets, secret => secret.Name == "of-nothing");
    }

    [ControllerManagerFact]
    public async Task A_Job_gets_a_pod()
    {
        using var connection = await cluster.OpenNamespaceAsync();
        var job = await connection.Objects.CreateAsync(KubeResource.Jobs, KubeObject.Parse(
            """{"metadata":{"name":"report"},"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"app","image":"app"}]} } } }"""));
        var pod = Assert.Single(await cluster.UntilAsync(connection, KubeResource.Pods, pods => pods.Count > 0));
        Assert.Equal(job.Uid, OwnerOf(pod));
    }

    [ControllerManagerFact]
    public async Task Its_objects_do_not_appear_in_the_cluster_of_the_other_tests()
    {
        using var connection = await cluster.OpenNamespaceAsync();
        using var other = await TestCluster.OpenAsync();
        Assert.Equal(connection.Namespace, (await connection.Objects.GetAsync(KubeResource.Namespaces, connection.Namespace)).Name);
        var error = await Assert.ThrowsAsync<KubeApiException>(() => other.Objects.GetAsync(KubeResource.Namespaces, connection.Namespace));
        Assert.Equal(KubeApiReason.NotFound, error.Reason);
    }

    private static string? OwnerOf(KubeObject item) =>
        Assert.Single(item.ToElement().GetProperty("metadata").GetProperty("ownerReferences").EnumerateArray().ToList()).GetProperty("uid").GetString();
}
