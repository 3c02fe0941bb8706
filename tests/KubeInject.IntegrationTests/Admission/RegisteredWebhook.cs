using System.Text;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Connection;

namespace KubeInject.IntegrationTests.Admission;

/// <summary>The webhook of a test, which the API server calls only for pods with the label of that test.</summary>
internal sealed class RegisteredWebhook : IAsyncDisposable
{
    private const string Configurations = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";

    private readonly KubeConnection cluster;

    private RegisteredWebhook(WebhookProcess process, KubeConnection cluster)
    {
        Process = process;
        this.cluster = cluster;
    }

    public WebhookProcess Process { get; }

    /// <summary>Registers the webhook for the connection's namespace, and waits until the API server calls it.</summary>
    /// <param name="cluster">A connection to a separate namespace of the test.</param>
    /// <param name="others">Further webhooks of the configuration, after a comma.</param>
    /// <param name="logFormat">The format of the log.</param>
    public static async Task<RegisteredWebhook> StartAsync(KubeConnection cluster, string others = "", string logFormat = "text")
    {
        var webhook = new RegisteredWebhook(await WebhookProcess.StartAsync(logFormat), cluster);
        var configuration = $$$"""
            {"apiVersion":"admissionregistration.k8s.io/v1","kind":"MutatingWebhookConfiguration","metadata":{"name":"{{{cluster.Namespace}}}"},"webhooks":[
              {{{Webhook("pods.kubeinject.io", cluster.Namespace, webhook.Process.Webhook, webhook.Process.Authority)}}}{{{others}}}]}
            """;
        await webhook.SendAsync(HttpMethod.Post, Configurations, configuration);
        while (await webhook.CreateAsync(Pod(cluster.Namespace, "", """ "generateName":"is-it-there-" """), isDryRun: true) is var pod && !pod.Contains("secretKeyRef", StringComparison.Ordinal))
        {
            // The API server learns of new webhooks after a moment.
        }

        return webhook;
    }

    /// <summary>A webhook for pods with the label of a test.</summary>
    public static string Webhook(string name, string label, Uri url, string authority) => $$$"""
        {"name":"{{{name}}}","sideEffects":"None","failurePolicy":"Fail","reinvocationPolicy":"IfNeeded","admissionReviewVersions":["v1"],"timeoutSeconds":10,
         "objectSelector":{"matchLabels":{"test":"{{{label}}}"} },
         "rules":[{"apiGroups":[""],"apiVersions":["v1"],"operations":["CREATE"],"resources":["pods"]}],
         "clientConfig":{"url":"{{{url}}}","caBundle":"{{{Convert.ToBase64String(Encoding.UTF8.GetBytes(authority))}}}"} }
        """;

    /// <summary>The JSON of a pod that requests one database.</summary>
    /// <param name="label">The label of the test.</param>
    /// <param name="annotations">Further annotations without their prefix, each as JSON after a comma.</param>
    /// <param name="name">The name, as JSON.</param>
    /// <param name="spec">Further fields of the spec, each after a comma.</param>
    public static string Pod(string label, string annotations = "", string name = """ "name":"orders" """, string spec = "") => $$$"""
        {"apiVersion":"v1","kind":"Pod","metadata":{{{{name}}},{{{Metadata(label, annotations)}}} },
         "spec":{"containers":[{"name":"app","image":"app","env":[{"name":"URL","value":"postgres://$(DBUSER)@db"}]}]{{{spec}}} } }
        """;

    /// <summary>The labels and annotations of such a pod, as JSON.</summary>
    public static string Metadata(string label, string annotations = "") =>
        $$$""" "labels":{"test":"{{{label}}}","vault-db-injector":"true","app":"orders"},"annotations":{"db-creds-injector.numberly.io/orders.role":"rw"{{{annotations}}} } """;

    /// <summary>Creates a pod, and returns it as JSON.</summary>
    /// <exception cref="KubeInject.Kubernetes.Errors.KubeApiException">The pod was refused.</exception>
    public Task<string> CreateAsync(string pod, bool isDryRun = false) =>
        SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{cluster.Namespace}/pods{(isDryRun ? "?dryRun=All" : "")}", pod);

    public async Task<string> SendAsync(HttpMethod method, string path, string? body = null, string? contentType = null)
    {
        var request = new ApiRequest(method, path) { Body = body is null ? null : Encoding.UTF8.GetBytes(body) };
        if (contentType is not null)
            request = request with { ContentType = contentType };
        return Encoding.UTF8.GetString((await cluster.Channel.SendAndEnsureSuccessAsync(request, CancellationToken.None)).Body.Span);
    }

    public async ValueTask DisposeAsync()
    {
        await SendAsync(HttpMethod.Delete, $"{Configurations}/{cluster.Namespace}");
        Process.Dispose();
    }
}
