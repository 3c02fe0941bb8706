using KubeInject.Kubernetes.Objects;

namespace KubeInject.Annotations;

/// <summary>Checks whether init containers can use their connection URI when they run.</summary>
internal static class InitContainerChecks
{
    /// <summary>
    /// Reports templates whose host is the pod itself, which refers to a proxy in the pod. Init containers run one by one
    /// before the containers and before the sidecars that follow them.
    /// </summary>
    public static void Report(IReadOnlyList<DatabaseInjection> databases, IReadOnlyList<PodContainer> containers, FindingList findings)
    {
        var early = containers.TakeWhile(container => container is { IsInit: true, IsSidecar: false }).ToList();
        if (early.Count == 0)
            return;
        foreach (var database in databases)
        {
            if (database.RawTemplate is not { } template || !ConnectionHost.In(template).Any(host => host.IsLoopback))
                continue;
            var key = InjectionAnnotation.ForDatabase(database.Name, DatabaseSetting.Template);
            findings.Information(
                FindingCode.ProxyNotRunning,
                key,
                $"Annotation {Redaction.Key(key)} refers to a proxy in the pod itself, which is not running yet when init container {Redaction.Key(early[^1].Name)} runs.",
                "If that container needs the database, make the proxy a sidecar before it (an init container with restartPolicy: Always).");
        }
    }
}
