using System.Text.Json;
using KubeInject.IntegrationTests.Kubernetes;

namespace KubeInject.IntegrationTests.Workloads;

/// <summary>A validating webhook for one namespace.</summary>
internal sealed class AdmissionWebhook : IDisposable
{
    private readonly FaultProxy server;

    private AdmissionWebhook(Func<JsonElement, bool> allows) => server = new FaultProxy(request => Answer(request.Body, allows));

    /// <summary>Creates the webhook, and waits until the API server calls it.</summary>
    /// <param name="workspace">The namespace.</param>
    /// <param name="resource">Plural, such as <c>deployments</c>.</param>
    /// <param name="allows">Whether a request, an <c>AdmissionRequest</c>, is allowed.</param>
    /// <param name="canBeTried">Whether the webhook supports dry runs.</param>
    public static async Task<AdmissionWebhook> StartAsync(TestWorkspace workspace, string resource, Func<JsonElement, bool> allows, bool canBeTried = true)
    {
        var asked = new TaskCompletionSource();
        var webhook = new AdmissionWebhook(request =>
        {
            asked.TrySetResult();
            return request.GetProperty("resource").GetProperty("resource").GetString() != resource || allows(request);
        });
        var ca = Convert.ToBase64String(File.ReadAllBytes(TestCluster.FilePath("ca.crt")));
        var configuration = $$$"""
            {"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingWebhookConfiguration","metadata":{"name":"{{{workspace.Namespace}}}"},"webhooks":[{"name":"test.example.com","sideEffects":"{{{(canBeTried ? "None" : "Some")}}}","failurePolicy":"Fail",
              "objectSelector":{},"admissionReviewVersions":["v1"],"timeoutSeconds":10,
              "namespaceSelector":{"matchExpressions":[{"key":"test","operator":"In","values":["{{{workspace.Namespace}}}"]} ] },
              "rules":[{"apiGroups":["*"],"apiVersions":["*"],"operations":["CREATE","UPDATE"],"resources":["{{{resource}}}","configmaps"]}],
              "clientConfig":{"url":"{{{webhook.server.Server}}}admit","caBundle":"{{{ca}}}"} } ] }
            """;
        using var store = new Store();
        if (canBeTried)
            await TestCluster.SendAsync(HttpMethod.Post, "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations", configuration);
        else
            await store.PutAsync($"validatingwebhookconfigurations/{workspace.Namespace}", configuration); // Kubernetes 1.22 and later reject new webhooks with side effects in dry runs
        await TestCluster.SendAsync(HttpMethod.Put, $"/api/v1/namespaces/{workspace.Namespace}", $$$"""{"metadata":{"name":"{{{workspace.Namespace}}}","labels":{"test":"{{{workspace.Namespace}}}"} } }""");
        while (!asked.Task.IsCompleted)
            await TestCluster.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{workspace.Namespace}/configmaps", """{"metadata":{"generateName":"is-it-there-"}}""");
        return webhook;
    }

    /// <summary>A request that is not a dry run.</summary>
    public static bool IsInEarnest(JsonElement request) => !request.GetProperty("dryRun").GetBoolean();

    public void Dispose() => server.Dispose();

    private static FaultProxy.Fault Answer(byte[] body, Func<JsonElement, bool> allows)
    {
        var request = JsonSerializer.Deserialize<JsonElement>(body).GetProperty("request");
        var isAllowed = allows(request) ? "true" : "false";
        return new FaultProxy.Fault
        {
            Status = 200,
            Body = $$$"""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"{{{request.GetProperty("uid").GetString()}}}","allowed":{{{isAllowed}}},"status":{"message":"not by the test's rules"} } }""",
        };
    }
}
