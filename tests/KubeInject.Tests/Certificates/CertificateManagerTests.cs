using KubeInject.Certificates;
using KubeInject.Kubernetes.Errors;
using Microsoft.Extensions.Time.Testing;

namespace KubeInject.Tests.Certificates;

/// <summary>When the certificate of the webhook is ready, and what is reported otherwise.</summary>
public sealed class CertificateManagerTests
{
    private static readonly RotationTimes Times = new();

    private readonly MemoryCluster cluster = new();
    private readonly MessageList log = new();
    private readonly MemoryAccess access;
    private readonly CertificateManager manager;

    public CertificateManagerTests()
    {
        access = new MemoryAccess(cluster);
        manager = New(access);
    }

    [Fact]
    public async Task The_certificate_is_ready_when_the_configuration_has_its_authority()
    {
        Assert.Equal("is starting", manager.Problem);
        cluster.CreateConfiguration();

        Assert.True(await manager.TryPassAsync(CancellationToken.None));

        Assert.Null(manager.Problem);
        Assert.Equal(Stored().Serving, manager.Current!.TargetCertificate);
        Assert.Equal(Stored().Bundle, cluster.Configuration!.Bundles[0]);
    }

    [Fact]
    public async Task A_second_pass_changes_nothing()
    {
        cluster.CreateConfiguration();
        await manager.TryPassAsync(CancellationToken.None);
        var (secret, configuration, current, entries) = (cluster.Secret, cluster.Configuration, manager.Current, log.Texts.Count);

        Assert.True(await manager.TryPassAsync(CancellationToken.None));

        Assert.Same(secret, cluster.Secret);
        Assert.Same(configuration, cluster.Configuration);
        Assert.Same(current, manager.Current);
        Assert.Equal(entries, log.Texts.Count);
    }

    [Fact]
    public async Task A_configuration_that_does_not_exist_is_reported_once_until_it_exists()
    {
        Assert.False(await manager.TryPassAsync(CancellationToken.None));
        Assert.False(await manager.TryPassAsync(CancellationToken.None));

        Assert.Equal("is not ready: the MutatingWebhookConfiguration does not exist. Create it, or specify its name with --webhook-configuration.", manager.Problem);
        Assert.Single(log.Texts, entry => entry.Contains("does not exist", StringComparison.Ordinal));
        cluster.CreateConfiguration();
        await manager.TryPassAsync(CancellationToken.None);
        Assert.Null(manager.Problem);
    }

    [Fact]
    public async Task A_configuration_without_our_webhook_is_not_changed()
    {
        cluster.Configuration = new WebhookBundles(new Dictionary<int, string>(), cluster.NextVersion());

        await manager.TryPassAsync(CancellationToken.None);

        Assert.Equal("is not ready: the MutatingWebhookConfiguration has no webhook for kubeinject.kubeinject.svc. Add one, or specify the Service with --service-name.", manager.Problem);
        Assert.Empty(cluster.History);
    }

    [Fact]
    public async Task A_foreign_authority_in_the_configuration_is_replaced()
    {
        cluster.CreateConfiguration("-----BEGIN CERTIFICATE-----");

        await manager.TryPassAsync(CancellationToken.None);

        Assert.Equal(Stored().Bundle, cluster.Configuration!.Bundles[0]);
    }

    [Fact]
    public async Task A_missing_right_is_reported_until_it_is_granted()
    {
        cluster.CreateConfiguration();
        access.SecretFailure = MemoryAccess.Forbidden("cannot create resource \"secrets\"");
        await manager.TryPassAsync(CancellationToken.None);
        Assert.Equal("is not ready: cannot create resource \"secrets\"", manager.Problem);

        (access.SecretFailure, access.ConfigurationFailure) = (null, MemoryAccess.Forbidden("cannot patch resource \"mutatingwebhookconfigurations\""));
        await manager.TryPassAsync(CancellationToken.None);
        Assert.Equal("is not ready: cannot patch resource \"mutatingwebhookconfigurations\"", manager.Problem);

        access.ConfigurationFailure = null;
        await manager.TryPassAsync(CancellationToken.None);
        Assert.Null(manager.Problem);
    }

    [Fact]
    public async Task A_certificate_is_served_while_the_cluster_is_unavailable_until_it_expires()
    {
        cluster.CreateConfiguration();
        await manager.TryPassAsync(CancellationToken.None);
        var current = manager.Current;
        access.SecretFailure = access.ConfigurationFailure = new KubeConnectionException(KubeConnectionFailure.Unreachable, "The server cannot be reached.");

        Assert.False(await manager.TryPassAsync(CancellationToken.None));

        Assert.Null(manager.Problem);
        Assert.Same(current, manager.Current);
        cluster.Now += Times.ServingLifetime;
        Assert.Equal("expired at 2030-04-01 00:00:00Z: The server cannot be reached.", manager.Problem);
    }

    [Fact]
    public async Task A_serving_certificate_is_renewed_while_the_configuration_cannot_be_read()
    {
        cluster.CreateConfiguration();
        await manager.TryPassAsync(CancellationToken.None);
        var first = Stored();
        access.ConfigurationFailure = MemoryAccess.Forbidden("no");
        cluster.Now += Times.ServingRenewal;

        await manager.TryPassAsync(CancellationToken.None);

        Assert.Equal(first.Authority, Stored().Authority);
        Assert.NotEqual(first.Serving, Stored().Serving);
        Assert.Equal((Stored().Serving, null), (manager.Current!.TargetCertificate, manager.Problem));
    }

    [Fact]
    public async Task A_damaged_Secret_is_replaced_and_another_replica_follows()
    {
        cluster.CreateConfiguration();
        var other = New(new MemoryAccess(cluster));
        await manager.TryPassAsync(CancellationToken.None);
        await other.TryPassAsync(CancellationToken.None);
        cluster.Secret = new StoredCertificates(new Dictionary<string, string> { ["ca.crt"] = "" }, cluster.NextVersion());

        await manager.TryPassAsync(CancellationToken.None);
        await other.TryPassAsync(CancellationToken.None);

        Assert.Equal("The Secret with the certificates was not valid, and its content was replaced: ca.key is missing.", Assert.Single(log.Texts, entry => entry.Contains("not valid", StringComparison.Ordinal)));
        Assert.All([manager, other], replica => Assert.Equal((Stored().Serving, null), (replica.Current!.TargetCertificate, replica.Problem)));
        Assert.Equal(Stored().Bundle, cluster.Configuration!.Bundles[0]);
    }

    [Fact]
    public async Task A_foreign_Secret_is_not_changed()
    {
        cluster.CreateConfiguration();
        access.SecretFailure = new ForeignSecretException("belongs to another component");

        await manager.TryPassAsync(CancellationToken.None);

        Assert.Equal("is not ready: belongs to another component", manager.Problem);
        Assert.Equal((null, null), (cluster.Secret, manager.Current));
    }

    [Fact]
    public async Task The_certificates_are_compared_again_after_the_interval()
    {
        var time = new FakeTimeProvider();
        cluster.CreateConfiguration();
        using var stop = new CancellationTokenSource();
        var running = new CertificateManager(access, access, ["kubeinject.kubeinject.svc"], Times, time, log).RunAsync(stop.Token);
        Assert.NotNull(cluster.Secret);
        cluster.Secret = null;

        time.Advance(Times.PollInterval - TimeSpan.FromTicks(1));
        Assert.Null(cluster.Secret);
        await Task.Run(() => time.Advance(TimeSpan.FromTicks(1)));
        Assert.NotNull(cluster.Secret);

        await stop.CancelAsync();
        await running;
    }

    private CertificateManager New(MemoryAccess replica) => new(replica, replica, ["kubeinject.kubeinject.svc"], Times, TimeProvider.System, log);

    private CertificateSet Stored() => CertificateSetDocument.Read(cluster.Secret!.Data, ["kubeinject.kubeinject.svc"]);
}
