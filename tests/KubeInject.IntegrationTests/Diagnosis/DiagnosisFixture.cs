using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeInject.Annotations;
using KubeInject.Diagnosis;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;
using KubeInject.Manifests;

namespace KubeInject.IntegrationTests.Diagnosis;

/// <summary>
/// A namespace with an installed injector that has a separate label, so that tests do not affect each other.
/// </summary>
internal sealed class DiagnosisFixture : IAsyncDisposable
{
    private const string WebhookPath = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";

    private bool hasWebhook;

    private DiagnosisFixture(string @namespace, KubeConnection connection)
    {
        Namespace = @namespace;
        Connection = connection;
        Label = $"inject-{@namespace}";
    }

    public string Namespace { get; }

    public KubeConnection Connection { get; }

    /// <summary>The label of the injector, and the name of its objects.</summary>
    public string Label { get; }

    public InjectionOptions Options => new() { LabelKey = Label };

    public static async Task<DiagnosisFixture> CreateAsync()
    {
        var name = await TestCluster.CreateNamespaceAsync();
        return new DiagnosisFixture(name, await TestCluster.OpenAsync(@namespace: name));
    }

    /// <summary>A fixture in which everything passes.</summary>
    public static async Task<DiagnosisFixture> CreateSoundAsync(Action<JsonObject>? change = null, string? second = null)
    {
        var fixture = await CreateAsync();
        await fixture.CreateServiceAccountAsync("default");
        await fixture.CreateServiceAsync();
        await fixture.CreateEndpointsAsync();
        await fixture.CreateWebhookAsync(change, second);
        return fixture;
    }

    public Task CreateServiceAccountAsync(string name) =>
        TestCluster.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{Namespace}/serviceaccounts", $$$"""{"metadata":{"name":"{{{name}}}"}}""");

    public Task CreateServiceAsync(int port = 443) =>
        TestCluster.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{Namespace}/services", $$$"""{"metadata":{"name":"injector"},"spec":{"ports":[{"port":{{{port}}}}]}}""");

    public Task CreateEndpointsAsync(string field = "addresses") => TestCluster.SendAsync(
        HttpMethod.Post, $"/api/v1/namespaces/{Namespace}/endpoints", $$$"""{"metadata":{"name":"injector"},"subsets":[{"{{{field}}}":[{"ip":"192.0.2.7"}],"ports":[{"port":8443}]}]}""");

    /// <summary>Creates the webhook.</summary>
    /// <param name="change">Changes the webhook.</param>
    /// <param name="second">The name of a copy of the webhook; null for none.</param>
    public async Task CreateWebhookAsync(Action<JsonObject>? change = null, string? second = null)
    {
        using var authority = CreateAuthority(-1, 1);
        var webhook = new JsonObject
        {
            ["name"] = "injector.example.org",
            ["admissionReviewVersions"] = new JsonArray("v1"),
            ["sideEffects"] = "None",
            ["failurePolicy"] = "Ignore",
            ["clientConfig"] = new JsonObject
            {
                ["service"] = new JsonObject { ["namespace"] = Namespace, ["name"] = "injector", ["path"] = "/mutate" },
                ["caBundle"] = Bundle(authority),
            },
            ["rules"] = new JsonArray(new JsonObject
            {
                ["operations"] = new JsonArray("CREATE"),
                ["apiGroups"] = new JsonArray(""),
                ["apiVersions"] = new JsonArray("v1"),
                ["resources"] = new JsonArray("pods"),
            }),
            ["objectSelector"] = new JsonObject { ["matchLabels"] = new JsonObject { [Label] = "true" } },
        };
        change?.Invoke(webhook);
        var webhooks = new JsonArray(webhook);
        if (second is not null)
        {
            var copy = webhook.DeepClone();
            copy["name"] = second;
            webhooks.Add(copy);
        }

        var configuration = new JsonObject { ["metadata"] = new JsonObject { ["name"] = Label }, ["webhooks"] = webhooks };
        await TestCluster.SendAsync(HttpMethod.Post, WebhookPath, configuration.ToJsonString());
        hasWebhook = true;
    }

    public async Task DeleteWebhookAsync()
    {
        if (hasWebhook)
            await TestCluster.SendAsync(HttpMethod.Delete, $"{WebhookPath}/{Label}");
        hasWebhook = false;
    }

    /// <summary>The metadata of a pod that requests a database, without the braces, with or without the label.</summary>
    public string Metadata(string? label = null, string uuid = "") => $$$"""
        ,"labels":{ {{{(label == "" ? "" : $"\"{label ?? Label}\":\"true\"")}}} },
        "annotations":{"db-creds-injector.numberly.io/orders.role":"orders-rw","db-creds-injector.numberly.io/orders.env-key-dbuser":"PGUSER",
        "db-creds-injector.numberly.io/orders.env-key-dbpassword":"PGPASSWORD"{{{(uuid.Length == 0 ? "" : $",\"db-creds-injector.numberly.io/uuid\":\"{uuid}\"")}}}}
        """;

    /// <summary>Creates a pod. If its metadata has a UUID, the pod also has the variables.</summary>
    public async Task<Pod> CreatePodAsync(string? metadata = null, string name = "orders")
    {
        metadata ??= Metadata();
        var env = metadata.Contains("/uuid\"", StringComparison.Ordinal) ? """{"name":"PGUSER","value":"v"},{"name":"PGPASSWORD","value":"p"}""" : "";
        await TestCluster.CreatePodAsync(Namespace, name, $$$"""{"containers":[{"name":"app","image":"app","env":[{{{env}}}]}]}""", metadata);
        return await Connection.GetPodAsync(name);
    }

    public PodDiagnostician Diagnostician(KubeConnection? connection = null, CredentialSource? source = null, TimeProvider? time = null) =>
        new(Options, (connection ?? Connection).Objects, source, time);

    /// <summary>Diagnoses a manifest of a pod that requests a database.</summary>
    public async Task<PodDiagnosis> DiagnoseManifestAsync(string? metadata = null, string spec = """{"containers":[{"name":"app","image":"app"}]}""", PodDiagnostician? by = null, string? @namespace = null) =>
        Assert.Single(await (by ?? Diagnostician()).DiagnoseAsync(
            ManifestSource.FromText($$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"orders","namespace":"{{{@namespace ?? Namespace}}}"{{{metadata ?? Metadata()}}}},"spec":{{{spec}}}}"""),
            CancellationToken.None));

    public Task CreateEventAsync(string kind, string name, string message) => TestCluster.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{Namespace}/events", new JsonObject
    {
        ["metadata"] = new JsonObject { ["generateName"] = "orders-" },
        ["involvedObject"] = new JsonObject { ["kind"] = kind, ["name"] = name, ["namespace"] = Namespace },
        ["reason"] = "FailedCreate",
        ["type"] = "Warning",
        ["message"] = message,
    }.ToJsonString());

    /// <summary>Creates a Deployment that requests a database, and its ReplicaSet, as the controllers would.</summary>
    public async Task CreateDeploymentAsync()
    {
        var template = $$$"""{"metadata":{"name":""{{{Metadata()}}} },"spec":{"containers":[{"name":"app","image":"app"}]}}""";
        var spec = $$$"""{"selector":{"matchLabels":{"{{{Label}}}":"true"}},"template":{{{template}}}}""";
        var deployment = await TestCluster.SendAsync(HttpMethod.Post, $"/apis/apps/v1/namespaces/{Namespace}/deployments", $$$"""{"metadata":{"name":"orders"},"spec":{{{spec}}}}""");
        await TestCluster.SendAsync(HttpMethod.Post, $"/apis/apps/v1/namespaces/{Namespace}/replicasets", $$$"""{"metadata":{"name":"orders-1"{{{OwnedBy("apps/v1", "Deployment", "orders", deployment)}}}},"spec":{{{spec}}}}""");
    }

    public static string OwnedBy(string apiVersion, string kind, string name, JsonElement owner) =>
        $$$""","ownerReferences":[{"apiVersion":"{{{apiVersion}}}","kind":"{{{kind}}}","name":"{{{name}}}","uid":"{{{owner.GetProperty("metadata").GetProperty("uid").GetString()}}}","controller":true}]""";

    /// <summary>A CA that is valid in a range of days relative to today.</summary>
    public static X509Certificate2 CreateAuthority(int from, int to)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=injector-ca", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(from), DateTimeOffset.UtcNow.AddDays(to));
    }

    /// <summary>Creates the TLS Secret of the Service of the injector.</summary>
    public async Task CreateServingCertificateAsync(X509Certificate2 issuer, DateTimeOffset? end = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=injector", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName($"injector.{Namespace}.svc");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(issuer, issuer.NotBefore, end ?? issuer.NotAfter, RandomNumberGenerator.GetBytes(8));
        var secret = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "injector-tls" },
            ["type"] = "kubernetes.io/tls",
            ["stringData"] = new JsonObject { ["tls.crt"] = certificate.ExportCertificatePem(), ["tls.key"] = key.ExportECPrivateKeyPem() },
        };
        await TestCluster.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{Namespace}/secrets", secret.ToJsonString());
    }

    public static string Bundle(params X509Certificate2[] certificates) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Join('\n', certificates.Select(certificate => certificate.ExportCertificatePem()))));

    public async ValueTask DisposeAsync()
    {
        await DeleteWebhookAsync();
        Connection.Dispose();
    }
}
