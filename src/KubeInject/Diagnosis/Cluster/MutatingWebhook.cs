using System.Text.Json;
using KubeInject.Http;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Diagnosis.Cluster;

/// <summary>One webhook of a MutatingWebhookConfiguration.</summary>
/// <remarks>https://kubernetes.io/docs/reference/kubernetes-api/extend-resources/mutating-webhook-configuration-v1/</remarks>
internal sealed record MutatingWebhook
{
    /// <summary>The label of each namespace with its name. It cannot be changed.</summary>
    public const string NamespaceNameLabel = "kubernetes.io/metadata.name";

    /// <summary>The name of its MutatingWebhookConfiguration.</summary>
    public required string Configuration { get; init; }

    /// <summary>When the configuration was created; null if that is not known.</summary>
    public DateTimeOffset? CreationTimestamp { get; init; }

    public required string Name { get; init; }

    /// <summary>The Service that the API server calls; null for a webhook at a URL.</summary>
    public ObjectReference? Service { get; init; }

    /// <summary>The port of the Service. Default: 443.</summary>
    public int Port { get; init; } = 443;

    /// <summary>The path at the Service, or the whole URL.</summary>
    public string Path { get; init; } = "";

    /// <summary>The certificate authorities that the API server trusts, as PEM in base64; null for those of its system.</summary>
    public string? CaBundle { get; init; }

    public required LabelSelector NamespaceSelector { get; init; }

    public required LabelSelector ObjectSelector { get; init; }

    /// <summary>Whether a rule matches the creation of pods.</summary>
    public bool IsForNewPods { get; init; }

    /// <summary>Whether pods are created without injection if the call fails. Default: false (<c>failurePolicy: Fail</c>).</summary>
    public bool IgnoresFailure { get; init; }

    /// <summary>The time limit of a call, in seconds. Default: 10.</summary>
    public int TimeoutSeconds { get; init; } = 10;

    /// <summary>Whether there are <c>matchConditions</c> in CEL, which only the API server can evaluate.</summary>
    public bool HasConditions { get; init; }

    /// <summary>For messages: <c>the webhook 'x' (MutatingWebhookConfiguration y)</c>.</summary>
    public override string ToString() => $"the {(InjectorSignature.IsKubeInject(Name) ? "KubeInject " : "")}webhook '{Name}' (MutatingWebhookConfiguration {Configuration})";

    public static IEnumerable<MutatingWebhook> Read(KubeObject configuration)
    {
        var document = configuration.ToElement();
        var created = document.Get("metadata").Time("creationTimestamp");
        return document.Get("webhooks").Items().Select(webhook =>
        {
            var client = webhook.Get("clientConfig");
            var service = client.Get("service");
            return new MutatingWebhook
            {
                Configuration = configuration.Name,
                CreationTimestamp = created,
                Name = webhook.Text("name") ?? "",
                Service = service.Exists() ? new ObjectReference("Service", service.Text("namespace"), service.Text("name") ?? "") : null,
                Port = service.Int("port") is > 0 and var port ? port : 443,
                Path = service.Exists() ? service.Text("path") ?? "" : client.Text("url") ?? "",
                CaBundle = client.Text("caBundle") is { Length: > 0 } bundle ? bundle : null,
                NamespaceSelector = LabelSelector.Read(webhook.Get("namespaceSelector")),
                ObjectSelector = LabelSelector.Read(webhook.Get("objectSelector")),
                IsForNewPods = webhook.Get("rules").Items().Any(IsRuleForNewPods),
                IgnoresFailure = webhook.Text("failurePolicy") == "Ignore",
                TimeoutSeconds = webhook.Int("timeoutSeconds") is > 0 and var seconds ? seconds : 10,
                HasConditions = webhook.Get("matchConditions").Items().Any(),
            };
        });
    }

    // "pods/*" matches pods and their subresources. matchPolicy is irrelevant, because pods have only one version.
    private static bool IsRuleForNewPods(JsonElement rule) =>
        Has(rule, "operations", "CREATE", "*") && Has(rule, "apiGroups", "", "*") && Has(rule, "apiVersions", "v1", "*")
        && Has(rule, "resources", "pods", "*", "pods/*", "*/*") && rule.Text("scope") != "Cluster";

    private static bool Has(JsonElement rule, string field, params string[] values) =>
        rule.Get(field).Items().Any(item => values.Contains(item.Text(), StringComparer.Ordinal));
}
