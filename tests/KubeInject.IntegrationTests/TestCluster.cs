using System.Text;
using System.Text.Json;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.IntegrationTests;

/// <summary>The test cluster: an API server and its store, without controllers and kubelets.</summary>
internal static class TestCluster
{
    private const string Variable = "KUBEINJECT_TEST_CLUSTER";

    public static bool IsRunning => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 };

    public static string Folder => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder
        ? folder
        : throw new InvalidOperationException($"{Variable} is not set: run ./test.sh, or tests/rig/with-cluster.sh dotnet test.");

    public static Uri Server => new(ReadText("server"));

    public static CertificateAuthority Authority => CertificateAuthority.FromFile(FilePath("ca.crt"));

    public static SensitiveString AdminToken => new(ReadText("admin.token"));

    /// <summary>A user without permissions.</summary>
    public static SensitiveString ViewerToken => new(ReadText("viewer.token"));

    public static string FilePath(string name) => Path.Combine(Folder, name);

    public static string ReadText(string name) => File.ReadAllText(FilePath(name)).Trim();

    public static ConnectionSettings Context(string name) => ConnectionSettings.Find(FilePath("kubeconfig"), name);

    public static Task<KubeConnection> OpenAsync(string context = "admin", string @namespace = "default") =>
        KubeConnection.OpenAsync(Context(context) with { Namespace = @namespace });

    /// <summary>Creates a separate namespace for a test.</summary>
    public static async Task<string> CreateNamespaceAsync()
    {
        var name = $"test-{Guid.NewGuid():n}";
        await SendAsync(HttpMethod.Post, "/api/v1/namespaces", $$$"""{"metadata":{"name":"{{{name}}}"}}""");
        return name;
    }

    /// <summary>Grants a user or a group permission to read one kind of resource in a namespace.</summary>
    public static async Task AllowAsync(string @namespace, string resource, string kind, string name)
    {
        const string Path = "/apis/rbac.authorization.k8s.io/v1/namespaces";
        await SendAsync(HttpMethod.Post, $"{Path}/{@namespace}/roles", $$$"""{"metadata":{"name":"{{{resource}}}"},"rules":[{"apiGroups":[""],"resources":["{{{resource}}}"],"verbs":["get","list"]}]}""");
        await SendAsync(HttpMethod.Post, $"{Path}/{@namespace}/rolebindings", $$$"""
            {"metadata":{"name":"{{{resource}}}"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"{{{resource}}}"},
             "subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"{{{kind}}}","name":"{{{name}}}"}]}
            """);
    }

    /// <summary>Creates a pod. It is never scheduled, so its status does not change.</summary>
    public static Task<JsonElement> CreatePodAsync(string @namespace, string name, string spec = """{"containers":[{"name":"app","image":"app"}]}""", string metadata = "") =>
        SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{@namespace}/pods", $$$"""{"metadata":{"name":"{{{name}}}"{{{metadata}}} },"spec":{{{spec}}} }""");

    /// <summary>Sets the status of a pod, as a kubelet would. Labels and other metadata are lost.</summary>
    public static Task<JsonElement> SetStatusAsync(string @namespace, string name, string status, string metadata = "") => SendAsync(
        HttpMethod.Put,
        $"/api/v1/namespaces/{@namespace}/pods/{name}/status",
        $$$"""{"metadata":{"name":"{{{name}}}"{{{metadata}}} },"status":{{{status}}} }""");

    /// <summary>Finds the version of its group in which the server serves a resource, preferring the server's preferred version.</summary>
    public static async Task<KubeResource> DiscoverAsync(KubeResource resource)
    {
        var versions = (await SendAsync(HttpMethod.Get, $"/apis/{resource.Group}")).GetProperty("versions");
        foreach (var version in versions.EnumerateArray().Select(version => version.GetProperty("version").GetString()!))
        {
            var served = (await SendAsync(HttpMethod.Get, $"/apis/{resource.Group}/{version}")).GetProperty("resources");
            if (served.EnumerateArray().Any(one => one.GetProperty("name").GetString() == resource.Plural))
                return resource with { Version = version };
        }

        throw new InvalidOperationException($"The test cluster serves no {resource.Plural} of {resource.Group}.");
    }

    public static async Task<JsonElement> SendAsync(HttpMethod method, string path, string? json = null)
    {
        using var channel = new ApiChannel(Context("admin"));
        var request = new ApiRequest(method, path) { Body = json is null ? null : Encoding.UTF8.GetBytes(json) };
        return channel.Failures.ReadJson(await channel.SendAndEnsureSuccessAsync(request, CancellationToken.None));
    }
}
