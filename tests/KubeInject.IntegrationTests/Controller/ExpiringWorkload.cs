using System.Text.Json.Nodes;
using KubeInject.Http;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.IntegrationTests.Controller;

/// <summary>A workload without a controller manager: its pods are created by the test.</summary>
internal sealed class ExpiringWorkload
{
    private const string RestartedAt = "kubectl.kubernetes.io/restartedAt";

    private readonly KubeConnection cluster;
    private readonly KubeResource resource;
    private readonly string name;

    private ExpiringWorkload(KubeConnection cluster, KubeResource resource, string name, KubeObject owner)
    {
        this.cluster = cluster;
        this.resource = resource;
        this.name = name;
        Owner = new OwnerReference(owner.ApiVersion!, owner.Kind, owner.Name, owner.Uid!, Controller: true);
    }

    /// <summary>The owner of its pods. For a Deployment, its ReplicaSet.</summary>
    public OwnerReference Owner { get; }

    /// <summary>Creates a Deployment, with its ReplicaSet, or a StatefulSet or DaemonSet.</summary>
    /// <param name="cluster">A connection to the namespace.</param>
    /// <param name="resource">The resource.</param>
    /// <param name="spec">Further fields of the spec, each after a comma.</param>
    public static async Task<ExpiringWorkload> CreateAsync(KubeConnection cluster, KubeResource resource, string spec = "")
    {
        var name = resource.Plural;
        var common = $$$""" "selector":{"matchLabels":{"app":"{{{name}}}"} },"template":{"metadata":{"labels":{"app":"{{{name}}}"} },"spec":{"containers":[{"name":"app","image":"app"}]} } """;
        var workload = await cluster.Objects.CreateAsync(resource, KubeObject.Parse($$$"""{"metadata":{"name":"{{{name}}}"},"spec":{{{{common}}}{{{spec}}}} }"""));
        if (resource != KubeResource.Deployments)
            return new ExpiringWorkload(cluster, resource, name, workload);
        var replicaSet = await cluster.Objects.CreateAsync(KubeResource.ReplicaSets, KubeObject.Parse($$$"""
            {"metadata":{"name":"{{{name}}}-1","ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"{{{name}}}","uid":"{{{workload.Uid}}}","controller":true}]},"spec":{{{{common}}}} }
            """));
        return new ExpiringWorkload(cluster, resource, name, replicaSet);
    }

    /// <summary>Makes a pod one of the workload's pods.</summary>
    public static JsonObject Own(JsonObject pod, OwnerReference owner)
    {
        pod["metadata"]!["labels"]!["app"] = owner.Name.Split('-')[0];
        pod["metadata"]!["labels"]!["pod-template-generation"] = "1";
        pod["metadata"]!["ownerReferences"] = new JsonArray(new JsonObject
        {
            ["apiVersion"] = owner.ApiVersion,
            ["kind"] = owner.Kind,
            ["name"] = owner.Name,
            ["uid"] = owner.Uid,
            ["controller"] = owner.Controller,
        });
        return pod;
    }

    /// <summary>Returns how often the workload was changed, and when it was restarted.</summary>
    public async Task<(int Changes, string? RestartedAt)> ReadAsync()
    {
        var found = (await cluster.Objects.GetAsync(resource, name)).ToElement();
        return ((int)found.Get("metadata").Long("generation") - 1, found.Get("spec").Get("template").Get("metadata").Get("annotations").Text(RestartedAt));
    }
}
