using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Certificates;

/// <summary>The certificate authorities that API servers trust for our webhooks.</summary>
/// <param name="Bundles">The bundle of each of our webhooks, by its position in the configuration. The PEM text is empty if there is none.</param>
/// <param name="Version">The resource version of the configuration.</param>
internal sealed record WebhookBundles(IReadOnlyDictionary<int, string> Bundles, string Version)
{
    /// <summary>Whether API servers trust an authority for all our webhooks.</summary>
    public bool Trust(X509Certificate2 authority) => Bundles.Count > 0 && authority.ExportCertificatePem() is var pem && Bundles.Values.All(bundle => bundle.Contains(pem, StringComparison.Ordinal));
}

/// <summary>Reads and writes the certificate authorities that API servers trust for our webhooks.</summary>
internal interface IWebhookTrust
{
    /// <summary>Reads the bundles.</summary>
    /// <returns>The bundles; null if the configuration does not exist.</returns>
    Task<WebhookBundles?> FindAsync(CancellationToken cancellationToken);

    /// <summary>Replaces all bundles, if the configuration still has the version that was read.</summary>
    /// <returns>Whether they were written. Otherwise, another client has changed the configuration.</returns>
    Task<bool> TryWriteAsync(WebhookBundles current, string bundle, CancellationToken cancellationToken);
}

/// <summary>A MutatingWebhookConfiguration in a cluster, in which other components can have webhooks, too.</summary>
/// <param name="client">The cluster.</param>
/// <param name="name">The name of the configuration.</param>
/// <param name="hosts">The hosts of our webhooks: <c>service.namespace.svc</c>, or the host of a URL.</param>
internal sealed class KubeWebhookTrust(KubeObjectClient client, string name, IReadOnlyList<string> hosts) : IWebhookTrust
{
    private static readonly KubeResource Configurations =
        new("admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations", "MutatingWebhookConfiguration", IsNamespaced: false);

    public async Task<WebhookBundles?> FindAsync(CancellationToken cancellationToken)
    {
        try
        {
            var configuration = await client.GetAsync(Configurations, name, cancellationToken: cancellationToken).ConfigureAwait(false);
            return new WebhookBundles(
                configuration.ToElement().Get("webhooks").Items().Select((webhook, index) => (webhook, index))
                    .Where(item => HostOf(item.webhook.Get("clientConfig")) is { } host && hosts.Contains(host, StringComparer.OrdinalIgnoreCase))
                    .ToDictionary(item => item.index, item => BundleOf(item.webhook.Get("clientConfig"))),
                configuration.ResourceVersion ?? "");
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.NotFound)
        {
            return null;
        }
    }

    public async Task<bool> TryWriteAsync(WebhookBundles current, string bundle, CancellationToken cancellationToken)
    {
        // With the version, the server refuses the patch if the configuration has changed.
        var patch = new JsonArray(Add("/metadata/resourceVersion", current.Version));
        foreach (var index in current.Bundles.Keys)
            patch.Add((JsonNode)Add($"/webhooks/{index}/clientConfig/caBundle", Convert.ToBase64String(Encoding.UTF8.GetBytes(bundle))));
        try
        {
            await client.PatchAsync(Configurations, name, KubePatch.Json(patch.ToJsonString()), cancellationToken: cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.Conflict)
        {
            return false;
        }
    }

    // Also replaces an existing value.
    private static JsonObject Add(string path, string value) => new() { ["op"] = "add", ["path"] = path, ["value"] = value };

    private static string? HostOf(JsonElement clientConfig)
    {
        var service = clientConfig.Get("service");
        return service.Text("name") is { } serviceName && service.Text("namespace") is { } @namespace ? $"{serviceName}.{@namespace}.svc"
            : Uri.TryCreate(clientConfig.Text("url"), UriKind.Absolute, out var url) ? url.DnsSafeHost : null;
    }

    private static string BundleOf(JsonElement clientConfig)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(clientConfig.Text("caBundle") ?? ""));
        }
        catch (FormatException)
        {
            return "";
        }
    }
}
