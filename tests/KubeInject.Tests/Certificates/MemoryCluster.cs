using KubeInject.Certificates;
using KubeInject.Kubernetes.Errors;

namespace KubeInject.Tests.Certificates;

/// <summary>The Secret and the webhook configuration in memory, and all bundles that the configuration has had.</summary>
internal sealed class MemoryCluster
{
    private int version;

    public DateTimeOffset Now { get; set; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public StoredCertificates? Secret { get; set; }

    /// <summary>Null if the configuration does not exist.</summary>
    public WebhookBundles? Configuration { get; set; }

    /// <summary>The bundles, each with the time until which API servers can use it. The last one is current.</summary>
    public List<(string Bundle, DateTimeOffset? ReplacedAt)> History { get; } = [];

    public string NextVersion() => $"{++version}";

    public void CreateConfiguration(string bundle = "") => Configuration = new WebhookBundles(new Dictionary<int, string> { [0] = bundle }, NextVersion());
}

/// <summary>The access of one replica to the cluster. Each operation first waits for the schedule of the test, if there is one.</summary>
internal sealed class MemoryAccess(MemoryCluster cluster, Func<CancellationToken, Task>? schedule = null) : ICertificateStore, IWebhookTrust
{
    public DateTimeOffset Now => cluster.Now;

    /// <summary>Why the replica cannot use the Secret. Null if it can.</summary>
    public Exception? SecretFailure { get; set; }

    /// <summary>Why the replica cannot use the configuration. Null if it can.</summary>
    public Exception? ConfigurationFailure { get; set; }

    async Task<StoredCertificates?> ICertificateStore.FindAsync(CancellationToken cancellationToken)
    {
        await ReachAsync(SecretFailure, cancellationToken);
        return cluster.Secret;
    }

    public async Task<bool> TryWriteAsync(IReadOnlyDictionary<string, string> data, string? version, CancellationToken cancellationToken)
    {
        await ReachAsync(SecretFailure, cancellationToken);
        if (version != cluster.Secret?.Version)
            return false;
        cluster.Secret = new StoredCertificates(data, cluster.NextVersion());
        return true;
    }

    async Task<WebhookBundles?> IWebhookTrust.FindAsync(CancellationToken cancellationToken)
    {
        await ReachAsync(ConfigurationFailure, cancellationToken);
        return cluster.Configuration;
    }

    public async Task<bool> TryWriteAsync(WebhookBundles current, string bundle, CancellationToken cancellationToken)
    {
        await ReachAsync(ConfigurationFailure, cancellationToken);
        if (current.Version != cluster.Configuration?.Version)
            return false;
        cluster.Configuration = new WebhookBundles(current.Bundles.ToDictionary(pair => pair.Key, _ => bundle), cluster.NextVersion());
        if (cluster.History.Count > 0)
            cluster.History[^1] = (cluster.History[^1].Bundle, cluster.Now);
        cluster.History.Add((bundle, null));
        return true;
    }

    public static KubeApiException Forbidden(string message) => new(403, KubeApiReason.Forbidden, message);

    private async Task ReachAsync(Exception? failure, CancellationToken cancellationToken)
    {
        if (schedule is not null)
            await schedule(cancellationToken);
        if (failure is not null)
            throw failure;
    }
}
