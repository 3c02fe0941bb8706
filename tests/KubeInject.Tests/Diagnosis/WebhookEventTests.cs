using System.Text.Encodings.Web;
using System.Text.Json;
using KubeInject.Diagnosis.Cluster;

namespace KubeInject.Tests.Diagnosis;

public sealed class WebhookEventTests
{
    private const string Calling = "Error creating: Internal error occurred: failed calling webhook \"injector.example.org\": ";

    // As Go writes JSON.
    private static readonly JsonSerializerOptions RelaxedJson = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Theory]
    [InlineData("Post \"https://injector.vault.svc:443/mutate?timeout=10s\": x509: certificate signed by unknown authority", "not signed by the authority")]
    [InlineData("failed to call webhook: Post \"https://injector.vault.svc:443/mutate?timeout=10s\": x509: certificate has expired or is not yet valid: current time …", "has expired")]
    [InlineData("Post \"https://injector.vault.svc:443/mutate\": x509: certificate is valid for a, not b", "is not accepted")]
    [InlineData("Post \"https://injector.vault.svc:443/mutate?timeout=10s\": dial tcp 10.0.0.7:443: connect: connection refused", "nothing listens")]
    [InlineData("Post \"https://injector.vault.svc:443/mutate?timeout=10s\": context deadline exceeded", "in time")]
    [InlineData("Post \"https://injector.vault.svc:443/mutate?timeout=10s\": net/http: request canceled (Client.Timeout exceeded while awaiting headers)", "in time")]
    [InlineData("Post \"https://injector.vault.svc:443/mutate?timeout=10s\": no endpoints available for service \"injector\"", "none of its pods is ready")]
    [InlineData("Post \"https://injector.vault.svc:443/mutate?timeout=10s\": service \"injector\" not found", "does not exist")]
    [InlineData("Post \"https://injector.example.org/mutate?timeout=10s\": dial tcp: lookup injector.example.org: no such host", "cannot be resolved")]
    [InlineData("something new", "something new")]
    public void A_webhook_that_could_not_be_called_is_explained(string reason, string meaning)
    {
        var read = WebhookEvent.Read(Calling + reason)!;

        Assert.False(read.IsDenial);
        Assert.StartsWith("The API server could not call the webhook 'injector.example.org': ", read.Message, StringComparison.Ordinal);
        Assert.Contains(meaning, read.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", read.Suggestion, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("role orders-rw not found in Vault", "its role does not exist")]
    [InlineData("serviceAccount not allowed, the serviceAccount is not in the bound_service_account_names in the Vault Kubernetes Auth Dedicated Backend, orders =/= [app]", "not bound to the pod's ServiceAccount")]
    [InlineData("serviceAccount not allowed, the namespace is not in the bound_service_account_namespaces in the Vault Kubernetes Auth Dedicated Backend, shop =/= [app]", "not bound to the pod's namespace")]
    [InlineData("serviceAccount not allowed, the Role is not in the AssumeRole, orders =/= orders-rw", "policy with the name of the role")]
    [InlineData("error parsing DSN template: parse \"postgres://{{user}}:p4ss@db\": net/url: invalid userinfo", "placeholders")]
    [InlineData("No dbConfiguration has been provided &[]", "specify no database")]
    [InlineData("cannot get database credentials from role orders-rw: Error making API request. Code: 400. Errors: * unknown role: orders-rw", "has no such role")]
    [InlineData("cannot get database credentials from role orders-rw: context deadline exceeded", "Vault did not answer in time")]
    public void A_refusal_that_a_webhook_library_reports_as_a_server_error_is_explained(string reason, string meaning)
    {
        var document = JsonSerializer.Serialize(new { kind = "AdmissionReview", response = new { uid = "1", status = new { message = reason, code = 500 } } }, RelaxedJson);
        foreach (var body in new[] { document, reason })
        {
            var quoted = body.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

            var read = WebhookEvent.Read($"{Calling}failed to call webhook: an error on the server (\"{quoted}\") has prevented the request from succeeding")!;

            Assert.True(read.IsDenial);
            Assert.StartsWith("The webhook 'injector.example.org' refused the pod because ", read.Message, StringComparison.Ordinal);
            Assert.Contains(meaning, read.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("AdmissionReview", read.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("p4ss", read.Message, StringComparison.Ordinal);
            Assert.EndsWith(".", read.Suggestion, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_server_error_with_an_unknown_answer_is_not_a_missing_Service()
    {
        var read = WebhookEvent.Read($"{Calling}failed to call webhook: an error on the server (\"404 page not found\") has prevented the request from succeeding")!;

        Assert.False(read.IsDenial);
        Assert.Contains("it answered with an error: 404 page not found", read.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("delete the MutatingWebhookConfiguration", read.Suggestion, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rejection_is_explained_with_its_reason() => Assert.Equal(
        "The webhook 'injector.example.org' refused the pod: no role for shop/orders.",
        WebhookEvent.Read("Error creating: admission webhook \"injector.example.org\" denied the request: no role for shop/orders.")!.Message);

    [Fact]
    public void No_userinfo_of_a_template_is_shown()
    {
        var read = WebhookEvent.Read("admission webhook \"i\" denied the request: parse \"postgres://app:p4ss/w@rd@db:5432/orders\": net/url: invalid userinfo")!;

        Assert.True(read.IsDenial);
        Assert.Contains("postgres://(not shown)@db:5432/orders", read.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("p4ss", read.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("rd@", read.Message, StringComparison.Ordinal);
        Assert.Contains("placeholders", read.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_reason_is_shortened_to_one_line()
    {
        var message = WebhookEvent.Read("admission webhook \"i\" denied the request: a\nb\u202E " + new string('x', 5000))!.Message;

        Assert.InRange(message.Length, 1, 300);
        Assert.DoesNotContain('\n', message);
        Assert.DoesNotContain('\u202E', message);
    }

    [Fact]
    public void A_refusal_of_the_KubeInject_webhook_contains_the_whole_finding()
    {
        var finding = $"KI005 Annotation 'orders.mode' has the value '{new string('x', 300)}', permission denied. Use 'classic' or 'uri'.";

        var read = WebhookEvent.Read($"Error creating: admission webhook \"pods.kubeinject.io\" denied the request: {finding}")!;

        Assert.Equal($"The KubeInject webhook 'pods.kubeinject.io' refused the pod: {finding}", read.Message);
        Assert.Equal("Correct the annotations as the message says.", read.Suggestion);
    }

    [Fact]
    public void The_KubeInject_webhook_does_not_wait_for_Vault()
    {
        const string Reason = "Post \"https://kubeinject.kubeinject.svc:443/mutate?timeout=5s\": context deadline exceeded";

        Assert.Contains("Vault", WebhookEvent.Read(Calling + Reason)!.Suggestion, StringComparison.Ordinal);
        var read = WebhookEvent.Read(Calling.Replace("injector.example.org", "pods.kubeinject.io", StringComparison.Ordinal) + Reason)!;
        Assert.DoesNotContain("Vault", read.Suggestion, StringComparison.Ordinal);
        Assert.StartsWith("The API server could not call the KubeInject webhook 'pods.kubeinject.io': ", read.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Created pod: orders-1-x")]
    [InlineData("Back-off restarting failed container")]
    public void Other_events_are_not_about_webhooks(string message) => Assert.Null(WebhookEvent.Read(message));
}
