namespace KubeInject.Testing.Sweeps;

/// <summary>How an object of a model cluster refers to a lease.</summary>
internal enum ModelShape
{
    Pod,
    PodOfTheSameUid,
    PodOfTheSameUidWithEmptyAnnotation,
    Deployment,
    StatefulSet,
    DaemonSet,
    Job,
    CronJob,
    ReplicationController,
    PodTemplate,
    ReplicaSetWithPods,
    ReplicaSetOfPausedDeployment,
    ReplicaSetWithoutController,
    ReplicaSetOfRollout,
    ReplicaSetAtZero,
    CurrentRevision,
    OldRevision,
    Rollout,
}

/// <summary>An object that refers to a lease, and the objects that it needs.</summary>
internal sealed class ModelObject
{
    public ModelObject(ModelShape shape, Guid lease, string @namespace, string name)
    {
        (Shape, Lease, Namespace, Name) = (shape, lease, @namespace, name);
        Documents = Render();
    }

    /// <summary>The UID of an object whose shape does not specify another one.</summary>
    public string Uid { get; } = $"{Guid.NewGuid()}";

    public ModelShape Shape { get; }

    public Guid Lease { get; }

    public string Namespace { get; }

    public string Name { get; }

    /// <summary>The resources and their documents.</summary>
    public IReadOnlyList<(string Resource, string Json)> Documents { get; }

    /// <summary>The resource of the document that refers to the lease.</summary>
    public string Resource => Documents[^1].Resource;

    /// <summary>Whether pods with the lease run, or can be created without applying a manifest again.</summary>
    public bool CanHavePods => Shape is not (ModelShape.ReplicaSetAtZero or ModelShape.OldRevision);

    public override string ToString() => $"{Shape} {Namespace}/{Name}";

    private (string Resource, string Json)[] Render()
    {
        var annotations = $$"""{"db-creds-injector.numberly.io/uuid":"{{Lease}}"}""";
        var template = $$$"""{"metadata":{"annotations":{{{annotations}}}},"spec":{"containers":[{"name":"app"}]}}""";
        const string Other = """{"metadata":{},"spec":{"containers":[{"name":"app"}]}}""";
        var parent = $"{Guid.NewGuid()}";
        return Shape switch
        {
            ModelShape.Pod => [("pods", Document($$$""" "annotations":{{{annotations}}} """, ""))],
            ModelShape.PodOfTheSameUid => [("pods", Document("", "", $"{Lease}"))],
            ModelShape.PodOfTheSameUidWithEmptyAnnotation => [("pods", Document(""" "annotations":{"db-creds-injector.numberly.io/uuid":""} """, "", $"{Lease}"))],
            ModelShape.Deployment => [("deployments", Workload(template))],
            ModelShape.StatefulSet => [("statefulsets", Workload(template))],
            ModelShape.DaemonSet => [("daemonsets", Workload(template))],
            ModelShape.Job => [("jobs", Workload(template))],
            ModelShape.CronJob => [("cronjobs", Document("", $$$""" ,"spec":{"jobTemplate":{"spec":{"template":{{{template}}} } } } """))],
            ModelShape.ReplicationController => [("replicationcontrollers", Workload(template))],
            ModelShape.PodTemplate => [("podtemplates", Document("", $$$""" ,"template":{{{template}}} """))],
            ModelShape.ReplicaSetWithPods => [Parent("deployments", Other), ("replicasets", Workload(template, 2, "Deployment"))],
            ModelShape.ReplicaSetOfPausedDeployment => [Parent("deployments", Other, "\"paused\":true,"), ("replicasets", Workload(template, 0, "Deployment"))],
            ModelShape.ReplicaSetWithoutController => [("replicasets", Workload(template, 0))],
            ModelShape.ReplicaSetOfRollout => [("replicasets", Workload(template, 0, "Rollout", "argoproj.io/v1alpha1"))],
            ModelShape.ReplicaSetAtZero => [Parent("deployments", Other), ("replicasets", Workload(template, 0, "Deployment"))],
            ModelShape.CurrentRevision => [Parent("statefulsets", Other), ("controllerrevisions", Revision(Name))],
            ModelShape.OldRevision => [Parent("statefulsets", Other), ("controllerrevisions", Revision($"{Name}-old"))],
            _ => [("rollouts", Workload(template, 0))],
        };

        string Workload(string pod, int replicas = 2, string? controller = null, string group = "apps/v1") => Document(
            controller is null ? "" : $$$""" "ownerReferences":[{"apiVersion":"{{{group}}}","kind":"{{{controller}}}","name":"parent","uid":"{{{parent}}}","controller":true}] """,
            $$$""" ,"spec":{"replicas":{{{replicas}}},"template":{{{pod}}} } """);

        string Revision(string revision) => $$$"""
            {"metadata":{"name":"{{{revision}}}","namespace":"{{{Namespace}}}","uid":"{{{Uid}}}","ownerReferences":[{"apiVersion":"apps/v1","kind":"StatefulSet","name":"parent","uid":"{{{parent}}}","controller":true}]},"data":{"spec":{"template":{{{template}}} } } }
            """;

        (string, string) Parent(string resource, string pod, string spec = "") => (resource, $$$"""
            {"metadata":{"name":"{{{Name}}}-parent","namespace":"{{{Namespace}}}","uid":"{{{parent}}}"},"spec":{{{{spec}}}"replicas":2,"template":{{{pod}}} },"status":{"currentRevision":"{{{Name}}}","updateRevision":"{{{Name}}}-new"} }
            """);

        string Document(string metadata, string rest, string? ownUid = null) => $$$"""
            {"metadata":{"name":"{{{Name}}}","namespace":"{{{Namespace}}}","uid":"{{{ownUid ?? Uid}}}"{{{(metadata.Length == 0 ? "" : "," + metadata)}}}}{{{rest}}} }
            """;
    }
}
