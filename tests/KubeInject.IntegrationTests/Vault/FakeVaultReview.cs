using System.Text.Json;
using KubeInject.Http;

namespace KubeInject.IntegrationTests.Vault;

/// <summary>Asks the real API server to review a token, as Vault's Kubernetes auth method does.</summary>
internal static class FakeVaultReview
{
    public static async Task CheckAsync(JsonElement config, JsonElement role, string jwt)
    {
        using var client = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.Issuer == "CN=kubeinject-test-ca" },
        });
        client.DefaultRequestHeaders.Authorization = new("Bearer", config.Text("token_reviewer_jwt"));
        var audience = role.Text("audience");
        var review = JsonSerializer.Serialize(new
        {
            apiVersion = "authentication.k8s.io/v1",
            kind = "TokenReview",
            spec = new { token = jwt, audiences = audience is null ? [] : new[] { audience } },
        });
        using var content = new StringContent(review, System.Text.Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(new Uri($"{config.Text("kubernetes_host")}/apis/authentication.k8s.io/v1/tokenreviews"), content);
        var status = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync()).Get("status");
        if (!status.IsTrue("authenticated"))
            throw new FakeVaultException(403, "permission denied");
        if (status.Get("user").Text("username")!.Split(':') is not ["system", "serviceaccount", var @namespace, var name])
            throw new FakeVaultException(500, "not a service account");
        if (!Holds(role.Get("bound_service_account_names"), name))
            throw new FakeVaultException(500, "service account name not authorized");
        if (!Holds(role.Get("bound_service_account_namespaces"), @namespace))
            throw new FakeVaultException(500, "namespace not authorized");
    }

    private static bool Holds(JsonElement list, string name) => FakeVaultRequest.Texts(list) is var texts && (texts.Contains("*") || texts.Contains(name));
}
