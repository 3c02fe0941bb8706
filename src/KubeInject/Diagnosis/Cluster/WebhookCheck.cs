using KubeInject.Annotations;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Diagnosis.Cluster;

/// <summary>Looks whether the API server can call a webhook: certificates, Service, endpoints.</summary>
internal sealed class WebhookCheck(ClusterCache facts, TimeProvider time)
{
    private static readonly KubeResource Services = new("", "v1", "services", "Service");
    private static readonly KubeResource Endpoints = new("", "v1", "endpoints", "Endpoints");
    private static readonly KubeResource Slices = new("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice");

    public async Task<DiagnosisStep> CheckAsync(DiagnosisSubject subject, MutatingWebhook webhook, CancellationToken cancellationToken)
    {
        var (finding, authority) = CaBundle.Check(subject, webhook, time.GetUtcNow());
        string? problem = null;
        if (finding is null && webhook.Service is { } service)
            (finding, problem) = await CheckServiceAsync(subject, webhook, service, cancellationToken).ConfigureAwait(false);
        if (finding is null && authority is not null && webhook.Service?.Namespace is { } @namespace)
        {
            // Whoever may not read Secrets, which is as it should be, learns no less than others from the rest.
            var secrets = await facts.ListAsync(KubeResource.Secrets, new KubeQuery { Namespace = @namespace, FieldSelector = "type=kubernetes.io/tls" }, cancellationToken).ConfigureAwait(false);
            finding = CaBundle.CheckServing(subject, webhook, authority, secrets.Value ?? [], time.GetUtcNow());
        }

        if (finding is not null)
            return new DiagnosisStep { Step = DiagnosisStepKind.Webhook, State = DiagnosisStatus.Failed, Text = "the API server cannot call the webhook.", Findings = [finding] };
        return problem is not null
            ? new DiagnosisStep { Step = DiagnosisStepKind.Webhook, State = DiagnosisStatus.Unknown, Text = $"whether the API server can call the webhook could not be looked at. {problem}" }
            : new DiagnosisStep
            {
                Step = DiagnosisStepKind.Webhook,
                State = DiagnosisStatus.Passed,
                Text = webhook.Service is null ? "the webhook is at a URL, which only the API server can try." : $"the API server can call the webhook, as {webhook.Service} on port {webhook.Port}.",
            };
    }

    private async Task<(Finding? Finding, string? Problem)> CheckServiceAsync(DiagnosisSubject subject, MutatingWebhook webhook, ObjectReference reference, CancellationToken cancellationToken)
    {
        var (service, problem) = await facts.GetAsync(Services, reference.Name, reference.Namespace, cancellationToken).ConfigureAwait(false);
        if (problem is not null)
            return (null, problem);
        if (service is null)
            return (Find(FindingCode.MissingService, $"The Service of {webhook}, {reference}, does not exist.", "Install the injector again, or remove the MutatingWebhookConfiguration that it has left behind."), null);
        var spec = service.ToElement().Get("spec");
        if (spec.Text("type") == "ExternalName")
            return (null, null);
        if (!spec.Get("ports").Items().Any(port => port.Int("port") == webhook.Port))
            return (Find(
                FindingCode.MissingServicePort,
                $"The API server calls {reference} on port {webhook.Port}, which it does not have: {string.Join(", ", spec.Get("ports").Items().Select(port => port.Int("port")))}.",
                $"Set the port under clientConfig.service of the MutatingWebhookConfiguration {webhook.Configuration} to one that it has."), null);
        var (isReady, unknown) = await HasEndpointAsync(reference, cancellationToken).ConfigureAwait(false);
        return isReady || unknown is not null
            ? (null, isReady ? null : unknown)
            : (Find(
                FindingCode.NoEndpoint,
                $"Behind {reference} no pod is ready, so that nobody answers the calls of {webhook}.",
                $"Look at the injector's own pods: kubectl get pods --namespace {reference.Namespace}."), null);

        Finding Find(string code, string message, string suggestion) => subject.Find(code, FindingSeverity.Error, message, suggestion);
    }

    /// <summary>Whether an address is ready: by the Endpoints, or the EndpointSlices that take their place.</summary>
    private async Task<(bool IsReady, string? Problem)> HasEndpointAsync(ObjectReference service, CancellationToken cancellationToken)
    {
        var endpoints = await facts.GetAsync(Endpoints, service.Name, service.Namespace, cancellationToken).ConfigureAwait(false);
        if (endpoints.Value?.ToElement().Get("subsets").Items().Any(subset => subset.Get("addresses").Items().Any()) ?? false)
            return (true, null);
        var slices = await facts.ListAsync(Slices, new KubeQuery { Namespace = service.Namespace, LabelSelector = $"kubernetes.io/service-name={service.Name}" }, cancellationToken).ConfigureAwait(false);
        var isReady = slices.Value?.Any(slice => slice.ToElement().Get("endpoints").Items().Any(endpoint =>
            endpoint.Get("conditions").Get("ready").ValueKind != System.Text.Json.JsonValueKind.False && endpoint.Get("addresses").Items().Any())) ?? false;

        // One that was seen to have no address is enough to know.
        return (isReady, endpoints.Value is not null || slices.Value is not null ? null : endpoints.Problem ?? slices.Problem);
    }
}
