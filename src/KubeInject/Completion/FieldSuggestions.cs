using KubeInject.Kubernetes.Objects;

namespace KubeInject.Completion;

/// <summary>Suggestions for field selectors.</summary>
internal static class FieldSuggestions
{
    // https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/#list-of-supported-fields
    private static readonly string[] OfAll = ["metadata.name=", "metadata.namespace="];

    private static readonly string[] OfPods =
    [
        "spec.nodeName=", "spec.restartPolicy=Always", "spec.restartPolicy=Never", "spec.restartPolicy=OnFailure", "spec.schedulerName=", "spec.serviceAccountName=",
        "status.nominatedNodeName=", "status.phase=Failed", "status.phase=Pending", "status.phase=Running", "status.phase=Succeeded", "status.phase=Unknown", "status.podIP=",
    ];

    private static readonly string[] OfSecrets = ["type=Opaque", "type=kubernetes.io/basic-auth", "type=kubernetes.io/dockerconfigjson", "type=kubernetes.io/tls"];

    /// <summary>Gets the supported field selectors.</summary>
    /// <param name="resource">The resource of the objects.</param>
    /// <param name="word">The typed part of the selector: <c>status.phase=Running,spec</c>.</param>
    /// <returns>The selectors, completed with a field and, if there are only a few, a value.</returns>
    public static IEnumerable<Suggestion> Of(KubeResource resource, string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        var before = word[..(word.LastIndexOf(',') + 1)];
        return from field in OfAll.Concat(resource == KubeResource.Pods ? OfPods : resource == KubeResource.Secrets ? OfSecrets : [])
               select new Suggestion(before + field, field);
    }
}
