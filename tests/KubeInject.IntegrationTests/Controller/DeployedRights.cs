using System.Text.Json.Nodes;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Objects;
using KubeInject.Testing;

namespace KubeInject.IntegrationTests.Controller;

/// <summary>A right in <c>deploy/rbac.yaml</c>.</summary>
/// <param name="Role">The kind of the role that grants it.</param>
/// <param name="Group">The API group.</param>
/// <param name="Resource">The resource.</param>
/// <param name="Name">The name of the only object; null for all objects.</param>
/// <param name="Verb">The verb.</param>
internal sealed record Right(string Role, string Group, string Resource, string? Name, string Verb)
{
    /// <summary>How the log names the right when it is missing. The API server does not name it if a patch creates an object.</summary>
    public string Denial => this is { Verb: "create", Resource: "secrets" } ? "the right to create secrets" : $"cannot {Verb} resource \"{Resource}\"";

    /// <summary>Whether only the leases of other owners than pods require it.</summary>
    public bool IsForSweep => Verb == "list" && Group is "apps" or "batch" || Resource is "replicationcontrollers" or "podtemplates";

    /// <summary>Whether only the certificate of the webhook requires it.</summary>
    public bool IsForWebhook => Resource == "mutatingwebhookconfigurations" || Name == "kubeinject-tls";

    public override string ToString() => $"{Verb} {Resource} ({Role})";

    public JsonObject ToRule()
    {
        var rule = new JsonObject { ["apiGroups"] = new JsonArray(Group), ["resources"] = new JsonArray(Resource), ["verbs"] = new JsonArray(Verb) };
        if (Name is not null)
            rule["resourceNames"] = new JsonArray(Name);
        return rule;
    }
}

/// <summary>The objects in <c>deploy/rbac.yaml</c>, for a test.</summary>
internal static class DeployedRights
{
    private const string Original = "kubeinject";
    private const string EndOfObject = "\n}\n";
    private const string Group = "rbac.authorization.k8s.io";

    private static readonly KubeResource[] Resources =
    [
        KubeResource.ServiceAccounts,
        new(Group, "v1", "clusterroles", "ClusterRole", IsNamespaced: false),
        new(Group, "v1", "clusterrolebindings", "ClusterRoleBinding", IsNamespaced: false),
        new(Group, "v1", "roles", "Role"),
        new(Group, "v1", "rolebindings", "RoleBinding"),
    ];

    private static readonly Lazy<Task<string>> Json = new(() => Command.KubectlAsync("create", "--dry-run=client", "--output", "json", "--filename", Repository.File("deploy/rbac.yaml")));

    /// <summary>Returns all rights.</summary>
    public static async Task<IReadOnlyList<Right>> ReadAsync() => [.. (await ItemsAsync()).SelectMany(RightsOf)];

    /// <summary>Grants rights to a ServiceAccount in the connection's namespace, and returns its token.</summary>
    /// <param name="cluster">A connection to the namespace, which is also the name of the objects.</param>
    /// <param name="without">The right that is missing; null for none.</param>
    public static async Task<SensitiveString> GrantAsync(KubeConnection cluster, Right? without = null)
    {
        foreach (var item in await ItemsAsync(cluster.Namespace))
        {
            if (item["rules"] is not null)
                item["rules"] = new JsonArray([.. RightsOf(item).Where(right => right != without).Select(right => right.ToRule())]);
            var resource = Resources.Single(resource => resource.Kind == (string)item["kind"]!);
            await cluster.Objects.CreateAsync(resource, KubeObject.Parse(item.ToJsonString()), cluster.Namespace);
        }

        var token = (await cluster.Objects.CreateTokenAsync(cluster.Namespace)).Token;
        await UntilInEffectAsync(cluster, token, without);
        return token;
    }

    /// <summary>Writes a kubeconfig file for a token.</summary>
    public static string WriteKubeconfig(TemporaryFolder folder, SensitiveString token) => folder.Write("kubeconfig", $$$"""
        apiVersion: v1
        kind: Config
        current-context: it
        contexts: [{name: it, context: {cluster: it, user: it}}]
        clusters: [{name: it, cluster: {server: "{{{TestCluster.Server}}}", certificate-authority: "{{{TestCluster.FilePath("ca.crt")}}}"}}]
        users: [{name: it, user: {token: "{{{token.Reveal()}}}"}}]
        """);

    private static async Task UntilInEffectAsync(KubeConnection cluster, SensitiveString token, Right? without)
    {
        using var connection = await KubeConnection.OpenAsync(ConnectionSettings.FromToken(TestCluster.Server, token, TestCluster.Authority) with { Namespace = cluster.Namespace });
        var inCluster = new AccessQuestion("list", KubeResource.Deployments) { AllNamespaces = true };
        var inNamespace = new AccessQuestion(without is { Resource: "leases", Verb: "get" } ? "create" : "get", KubeResource.Leases);
        while (!(await connection.Objects.ReviewAccessAsync(inCluster)).Allowed || !(await connection.Objects.ReviewAccessAsync(inNamespace)).Allowed)
        {
            // The API server learns of new roles after a moment.
        }
    }

    private static async Task<List<JsonObject>> ItemsAsync(string name = Original) =>
        [.. (await Json.Value).Replace($"\"{Original}\"", $"\"{name}\"", StringComparison.Ordinal).Split(EndOfObject, StringSplitOptions.RemoveEmptyEntries).Select(item => JsonNode.Parse($"{item}{EndOfObject}")!.AsObject())];

    private static IEnumerable<Right> RightsOf(JsonObject role) =>
        from rule in role["rules"]?.AsArray() ?? []
        from @group in Texts(rule, "apiGroups")
        from resource in Texts(rule, "resources")
        from name in Texts(rule, "resourceNames").DefaultIfEmpty()
        from verb in Texts(rule, "verbs")
        select new Right((string)role["kind"]!, @group, resource, name, verb);

    private static IEnumerable<string> Texts(JsonNode? rule, string field) => rule?[field]?.AsArray().Select(text => (string)text!) ?? [];
}
