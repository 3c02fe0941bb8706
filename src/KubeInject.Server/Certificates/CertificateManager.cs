using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using KubeInject.Http;
using KubeInject.Kubernetes.Errors;

namespace KubeInject.Certificates;

/// <summary>
/// Manages the certificates of the webhook together with the other replicas. None of them leads: each reads the Secret and the
/// webhook configuration, and writes what is due unless another one has written first.
/// </summary>
/// <param name="store">The Secret.</param>
/// <param name="trust">The webhook configuration.</param>
/// <param name="hosts">The host names and IP addresses that API servers use.</param>
/// <param name="times">The lifetimes.</param>
/// <param name="time">The clock for waiting.</param>
/// <param name="log">Gets a message about each change, and about each new problem.</param>
internal sealed class CertificateManager(
    ICertificateStore store, IWebhookTrust trust, IReadOnlyList<string> hosts, RotationTimes times, TimeProvider time, IProgress<ServerMessage> log)
{
    private X509Certificate2? serving;
    private bool isTrusted;
    private string? failure;

    /// <summary>The certificate for new connections. Null until there is one.</summary>
    public SslStreamCertificateContext? Current { get; private set; }

    /// <summary>
    /// What is missing. Null if the certificate is valid and API servers trust it. An API server that cannot be reached is no
    /// problem as long as that was so before.
    /// </summary>
    public string? Problem => serving is null || !isTrusted ? failure is null ? "is starting" : $"is not ready: {failure}"
        : CertificateSet.EndOf(serving) is var end && end <= store.Now ? $"expired at {end.UtcDateTime:u}: {failure}"
        : null;

    /// <summary>Manages the certificates until it is canceled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var isComplete = await TryPassAsync(cancellationToken).ConfigureAwait(false);
                await Task.Delay(isComplete ? times.PollInterval : times.RetryInterval, time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end of the process.
        }
    }

    /// <summary>Reads the Secret and the configuration, and writes what is due.</summary>
    /// <returns>Whether nothing is missing. Otherwise, something has failed, or another client has written at the same time.</returns>
    internal async Task<bool> TryPassAsync(CancellationToken cancellationToken)
    {
        string? problem;
        try
        {
            problem = await PassAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is KubeApiException or KubeConnectionException or ForeignSecretException)
        {
            problem = exception.Message;
        }

        if (problem is { Length: > 0 } && problem != failure)
            log.Report(new ServerMessage(true, $"The certificate of the webhook cannot be managed: {problem}"));
        if (problem != "")
            failure = problem;
        return problem is null;
    }

    /// <returns>What is missing; null for nothing, and empty if another client has written at the same time.</returns>
    private async Task<string?> PassAsync(CancellationToken cancellationToken)
    {
        // The configuration is read before the Secret, and only written if it is unchanged. So no bundle is replaced with an older one.
        var (webhooks, problem) = await FindWebhooksAsync(cancellationToken).ConfigureAwait(false);
        var stored = await store.FindAsync(cancellationToken).ConfigureAwait(false);
        var (existing, damage) = Read(stored);
        var isNextTrusted = existing?.NextAuthority is { } next && webhooks?.Trust(next) == true;
        var (due, changes) = CertificateRotation.Decide(existing, isNextTrusted, hosts, store.Now, times);
        if (due != existing)
        {
            if (!await store.TryWriteAsync(CertificateSetDocument.Write(due), stored?.Version, cancellationToken).ConfigureAwait(false))
                return "";
            if (damage is not null)
                log.Report(new ServerMessage(true, $"The Secret with the certificates was not valid, and its content was replaced: {damage}"));
            foreach (var change in changes)
                log.Report(new ServerMessage(false, change));
        }

        Serve(due.Serving!);
        if (webhooks is null)
            return problem;
        isTrusted = webhooks.Trust(due.Authority);
        if (problem is not null || webhooks.Bundles.Values.All(bundle => bundle == due.Bundle))
            return problem;
        if (!await trust.TryWriteAsync(webhooks, due.Bundle, cancellationToken).ConfigureAwait(false))
            return "";
        isTrusted = true;
        log.Report(new ServerMessage(false, "Wrote the certificate authorities to the webhook configuration."));
        return null;
    }

    /// <summary>Reads the configuration. If that fails, the certificates are renewed nevertheless.</summary>
    private async Task<(WebhookBundles? Webhooks, string? Problem)> FindWebhooksAsync(CancellationToken cancellationToken)
    {
        try
        {
            var webhooks = await trust.FindAsync(cancellationToken).ConfigureAwait(false);
            if (webhooks is null)
                isTrusted = false;
            return webhooks switch
            {
                null => (null, "the MutatingWebhookConfiguration does not exist. Create it, or specify its name with --webhook-configuration."),
                { Bundles.Count: 0 } => (webhooks, $"the MutatingWebhookConfiguration has no webhook for {hosts[0]}. Add one, or specify the Service with --service-name."),
                _ => (webhooks, null),
            };
        }
        catch (Exception exception) when (exception is KubeApiException or KubeConnectionException)
        {
            return (null, exception.Message);
        }
    }

    private (CertificateSet? Certificates, string? Damage) Read(StoredCertificates? stored)
    {
        try
        {
            return (stored is null ? null : CertificateSetDocument.Read(stored.Data, hosts), null);
        }
        catch (InvalidDataException exception)
        {
            return (null, exception.Message);
        }
    }

    private void Serve(X509Certificate2 certificate)
    {
        if (certificate.Equals(serving))
            return;
        using var key = certificate.GetECDsaPrivateKey()!;

        // In this form, TLS also accepts the key on Windows.
        var pair = ClientCertificate.FromPem(certificate.ExportCertificatePem(), new SensitiveString(key.ExportPkcs8PrivateKeyPem()));
        Current = SslStreamCertificateContext.Create(pair.Certificate, pair.Intermediates, offline: true);
        serving = certificate;
    }
}
