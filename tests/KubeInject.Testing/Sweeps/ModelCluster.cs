using System.Net;
using System.Text;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;

namespace KubeInject.Testing.Sweeps;

/// <summary>A cluster in memory.</summary>
internal sealed class ModelCluster(string name)
{
    /// <summary>The resources that can contain owners, with their kinds.</summary>
    public static readonly IReadOnlyDictionary<string, (string Group, string Kind)> Resources = new Dictionary<string, (string, string)>
    {
        ["pods"] = ("v1", "Pod"),
        ["replicationcontrollers"] = ("v1", "ReplicationController"),
        ["podtemplates"] = ("v1", "PodTemplate"),
        ["deployments"] = ("apps/v1", "Deployment"),
        ["statefulsets"] = ("apps/v1", "StatefulSet"),
        ["daemonsets"] = ("apps/v1", "DaemonSet"),
        ["replicasets"] = ("apps/v1", "ReplicaSet"),
        ["controllerrevisions"] = ("apps/v1", "ControllerRevision"),
        ["jobs"] = ("batch/v1", "Job"),
        ["cronjobs"] = ("batch/v1", "CronJob"),
        ["rollouts"] = ("argoproj.io/v1alpha1", "Rollout"),
    };

    public string Name => name;

    /// <summary>The UID of its kube-system namespace.</summary>
    public string Uid { get; } = $"{Guid.NewGuid()}";

    public List<ModelObject> Objects { get; } = [];

    /// <summary>The last part of the path of each request. Lists of metadata are marked.</summary>
    public List<string> Requests { get; } = [];

    public bool HasOwner(Guid lease) => Objects.Exists(item => item.Lease == lease && item.CanHavePods);

    /// <summary>Creates a client of the cluster.</summary>
    /// <param name="rights">The permissions of the client.</param>
    /// <param name="onRequest">Called before each response; throws if the process was killed.</param>
    public ApiChannel Connect(ModelRights rights, Action onRequest) =>
        new(new ConnectionSettings { Server = new Uri($"http://{name}.test") }, null, new Server(this, rights, onRequest));

    private sealed class Server(ModelCluster cluster, ModelRights rights, Action onRequest) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var path = request.RequestUri!.AbsolutePath;
            var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
            var accept = request.Headers.Accept.ToString();
            cluster.Requests.Add(IsMetadata(accept) ? $"metadata of {parts[^1]}" : parts[^1]);
            onRequest();
            return Task.FromResult(path switch
            {
                "/api/v1/namespaces/kube-system" when rights.KnowsCluster => Json($$$"""{"kind":"Namespace","apiVersion":"v1","metadata":{"name":"kube-system","uid":"{{{cluster.Uid}}}"}}"""),
                "/api/v1/namespaces/kube-system" => Forbidden(),
                "/apis" => Json("""{"kind":"APIGroupList","apiVersion":"v1","groups":[{"name":"argoproj.io","versions":[{"groupVersion":"argoproj.io/v1alpha1","version":"v1alpha1"}],"preferredVersion":{"groupVersion":"argoproj.io/v1alpha1","version":"v1alpha1"}}]}"""),
                "/apis/argoproj.io/v1alpha1" => Json("""{"kind":"APIResourceList","apiVersion":"v1","groupVersion":"argoproj.io/v1alpha1","resources":[{"name":"rollouts","kind":"Rollout","namespaced":true,"verbs":["get","list"]}]}"""),
                _ => List(parts[^1], parts.Length > 2 && parts[^3] == "namespaces" ? parts[^2] : null, accept),
            });
        }

        private HttpResponseMessage List(string resource, string? @namespace, string accept)
        {
            if (@namespace is null ? rights.Lost.Contains(resource) : !rights.MayListOwnNamespace)
                return Forbidden();
            var (group, kind) = Resources[resource];
            var items = cluster.Objects.Where(item => @namespace is null || item.Namespace == @namespace)
                .SelectMany(item => item.Documents).Where(document => document.Resource == resource).Select(document => document.Json);
            var (listGroup, list) = IsMetadata(accept) ? ("meta.k8s.io/v1", "PartialObjectMetadata") : (group, kind);
            return Json($$$"""{"kind":"{{{list}}}List","apiVersion":"{{{listGroup}}}","metadata":{"resourceVersion":"1"},"items":[{{{string.Join(',', items)}}}]}""");
        }

        private static bool IsMetadata(string accept) => accept.Contains("PartialObjectMetadataList", StringComparison.Ordinal);

        private static HttpResponseMessage Forbidden() => Json("""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"it is forbidden","reason":"Forbidden","code":403}""", HttpStatusCode.Forbidden);

        private static HttpResponseMessage Json(string text, HttpStatusCode status = HttpStatusCode.OK) =>
            new(status) { Content = new StringContent(text, Encoding.UTF8, "application/json") };
    }
}

/// <summary>The permissions of a sweep.</summary>
internal sealed record ModelRights
{
    public const string OwnNamespace = "shop";

    /// <summary>The resources that it cannot list in all namespaces.</summary>
    public IReadOnlySet<string> Lost { get; init; } = new HashSet<string>();

    /// <summary>Whether it can list those in its namespace.</summary>
    public bool MayListOwnNamespace { get; init; }

    /// <summary>Whether it can read kube-system.</summary>
    public bool KnowsCluster { get; init; } = true;

    public bool IsWhole => Lost.Count == 0 && KnowsCluster;

    public bool MaySee(ModelObject item, string @namespace) =>
        item.Documents.All(document => !Lost.Contains(document.Resource)) || (MayListOwnNamespace && item.Namespace == @namespace);
}
