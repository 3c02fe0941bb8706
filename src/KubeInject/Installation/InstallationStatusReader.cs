using KubeInject.Diagnosis.Cluster;
using KubeInject.Http;
using KubeInject.Injection.Workloads;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Installation;

/// <summary>Reads the state of an installation. Problems and missing permissions are part of the state.</summary>
/// <param name="client">The cluster.</param>
internal sealed class InstallationStatusReader(KubeObjectClient client)
{
    private readonly ClusterCache cluster = new(client);
    private readonly List<string> problems = [];

    /// <summary>Reads the state.</summary>
    /// <param name="namespace">The namespace of the installation.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    public async Task<InstallationStatus> ReadAsync(string @namespace, CancellationToken cancellationToken)
    {
        var status = new InstallationStatus { Namespace = @namespace };
        if (await FindAsync(KubeResource.Deployments, @namespace, "Run Install-KubeInject or 'kubeinject install'.", cancellationToken).ConfigureAwait(false) is { } deployment)
            status = WithDeployment(status, deployment);
        if (await FindAsync(InstallationObject.WebhookConfigurations, null, "Install again.", cancellationToken).ConfigureAwait(false) is { } configuration)
            status = WithWebhook(status, configuration);
        if (await FindAsync(KubeResource.Leases, @namespace, "No controller has started yet: see the log of the pods.", cancellationToken).ConfigureAwait(false) is { } lease)
            status = WithLeader(status, ControllerLease.Read(lease, client.ServerTime));
        return status with { Problems = [.. problems] };
    }

    private InstallationStatus WithDeployment(InstallationStatus status, KubeObject deployment)
    {
        var document = deployment.ToElement();
        try
        {
            if (RolloutEvaluator.Of(deployment) is { IsComplete: false } rollout)
                problems.Add($"The Deployment {deployment} is not ready: {rollout.Message}.");
        }
        catch (RolloutException exception)
        {
            problems.Add(exception.Message);
        }

        return status with
        {
            Image = document.Get("spec").Get("template").Get("spec").Get("containers").Items().Select(container => container.Text("image")).FirstOrDefault(),
            Replicas = document.Get("spec").Int("replicas"),
            ReadyReplicas = document.Get("status").Int("readyReplicas"),
        };
    }

    private InstallationStatus WithWebhook(InstallationStatus status, KubeObject configuration)
    {
        if (MutatingWebhook.Read(configuration).FirstOrDefault() is not { } webhook)
        {
            problems.Add($"The {configuration} has no webhook. Install again.");
            return status;
        }

        var end = webhook.CaBundle is { } bundle ? CaBundle.Read(bundle)?.Certificates.Max(certificate => (DateTimeOffset)certificate.NotAfter.ToUniversalTime()) : null;
        if (end is null)
            problems.Add($"The caBundle of {webhook} has no certificate authority, so the API server cannot call it. See the log of the pods.");
        else if (end < client.ServerTime)
            problems.Add($"The caBundle of {webhook} expired on {end:u}. See the log of the pods.");
        return status with { FailurePolicy = webhook.IgnoresFailure ? "Ignore" : "Fail", CertificateAuthorityEnd = end };
    }

    private InstallationStatus WithLeader(InstallationStatus status, ControllerLease lease)
    {
        if (!lease.IsValid)
            problems.Add($"No controller has led since {lease.RenewedAt:u}, so no credentials are issued, renewed or revoked. See the log of the pods.");
        return status with { Leader = lease.Holder, LeaderRenewTime = lease.RenewedAt };
    }

    private async Task<KubeObject?> FindAsync(KubeResource resource, string? @namespace, string remedy, CancellationToken cancellationToken)
    {
        var (found, problem) = await cluster.GetAsync(resource, InstallationOptions.DefaultName, @namespace, cancellationToken).ConfigureAwait(false);
        if (found is null)
            problems.Add(problem ?? $"{new ObjectReference(resource.Kind, @namespace, InstallationOptions.DefaultName)} does not exist. {remedy}");
        return found;
    }
}
