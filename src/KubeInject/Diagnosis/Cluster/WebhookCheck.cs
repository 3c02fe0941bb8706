using KubeInject.Annotations;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Diagnosis.Cluster;

/// <summary>Checks whether the API server can call a webhook: certificates, Service, endpoints.</summary>
internal sealed class WebhookCheck(ClusterCache cache, TimeProvider time)
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
            // Most users cannot read Secrets. Skip this check for them, and do not report the missing permission.
            var secrets = await cache.ListAsync(KubeResource.Secrets, new KubeQuery { Namespace = @namespace, FieldSelector = "type=kubernetes.io/tls" }, cancellationToken).ConfigureAwait(false);
            finding = CaBundle.CheckServing(subject, webhook, authority, secrets.Value ?? [], time.GetUtcNow());
        }

        if (finding is not null)
            return new DiagnosisStep { Step = DiagnosisStepKind.Webhook, State = DiagnosisStatus.Failed, Text = "The API server cannot call the webhook.", Findings = [finding] };
        return problem is not null
            ? new DiagnosisStep { Step = DiagnosisStepKind.Webhook, State = DiagnosisStatus.Unknown, Text = $"Whether the API server can call the webhook could not be checked. {problem}" }
            : new DiagnosisStep
            {
                Step = DiagnosisStepKind.Webhook,
                State = DiagnosisStatus.Passed,
                Text = webhook.Service is null ? "The webhook is at a URL, which only the API server can check." : $"The API server can call the webhook at {webhook.Service} on port {webhook.Port}.",
            };
    }

    private async Task<(Finding? Finding, string? Problem)> CheckServiceAsync(DiagnosisSubject subject, MutatingWebhook webhook, ObjectReference reference, CancellationToken cancellationToken)
    {
        var (service, problem) = await cache.GetAsync(Services, reference.Name, reference.Namespace, cancellationToken).ConfigureAwait(false);
        if (problem is not null)
            return (null, problem);
        if (service is null)
            return (Find(FindingCode.MissingService, $"The Service of {webhook}, {reference}, does not exist.", "Reinstall the injector, or delete the MutatingWebhookConfiguration if the injector was uninstalled."), null);
        var spec = service.ToElement().Get("spec");
        if (spec.Text("type") == "ExternalName")
            return (null, null);
        if (!spec.Get("ports").Items().Any(port => port.Int("port") == webhook.Port))
            return (Find(
                FindingCode.MissingServicePort,
                $"The API server calls {reference} on port {webhook.Port}, but the Service has only these ports: {string.Join(", ", spec.Get("ports").Items().Select(port => port.Int("port")))}.",
                $"Set the port under clientConfig.service of the MutatingWebhookConfiguration {webhook.Configuration} to a port of the Service."), null);
        var (isReady, unknown) = await HasEndpointAsync(reference, cancellationToken).ConfigureAwait(false);
        return isReady || unknown is not null
            ? (null, isReady ? null : unknown)
            : (Find(
                FindingCode.NoEndpoint,
                $"No pod of {reference} is ready, so calls of {webhook} fail.",
                $"Check the pods of the injector: kubectl get pods --namespace {reference.Namespace}."), null);

        Finding Find(string code, string message, string suggestion) => subject.Find(code, FindingSeverity.Error, message, suggestion);
    }

    /// <summary>Whether a Service has a ready address, in its Endpoints or its EndpointSlices.</summary>
    private async Task<(bool IsReady, string? Problem)> HasEndpointAsync(ObjectReference service, CancellationToken cancellationToken)
    {
        var endpoints = await cache.GetAsync(Endpoints, service.Name, service.Namespace, cancellationToken).ConfigureAwait(false);
        if (endpoints.Value?.ToElement().Get("subsets").Items().Any(subset => subset.Get("addresses").Items().Any()) ?? false)
            return (true, null);
        var slices = await cache.ListAsync(Slices, new KubeQuery { Namespace = service.Namespace, LabelSelector = $"kubernetes.io/service-name={service.Name}" }, cancellationToken).ConfigureAwait(false);
        var isReady = slices.Value?.Any(slice => slice.ToElement().Get("endpoints").Items().Any(endpoint =>
            endpoint.Get("conditions").Get("ready").ValueKind != System.Text.Json.JsonValueKind.False && endpoint.Get("addresses").Items().Any())) ?? false;

        // One readable object without an address is sufficient for the result.
        return (isReady, endpoints.Value is not null || slices.Value is not null ? null : endpoints.Problem ?? slices.Problem);
    }
}
