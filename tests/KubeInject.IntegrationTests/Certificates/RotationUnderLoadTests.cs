using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KubeInject.Certificates;
using Xunit.Abstractions;

namespace KubeInject.IntegrationTests.Certificates;

/// <summary>The certificate authority and the serving certificate are replaced several times, while pods are created all the time.</summary>
public sealed class RotationUnderLoadTests(ITestOutputHelper output) : ManagedCertificateTest
{
    private const int Rotations = 2;

    // Certificates are renewed long before their end, so that a busy machine does not fail the test.
    private static readonly RotationTimes Times = new()
    {
        AuthorityLifetime = TimeSpan.FromMinutes(5),
        AuthorityRenewal = TimeSpan.FromSeconds(6),
        ServingLifetime = TimeSpan.FromSeconds(20),
        ServingRenewal = TimeSpan.FromSeconds(4),
        TrustDelay = TimeSpan.FromSeconds(3),
        PollInterval = TimeSpan.FromMilliseconds(200),
        RetryInterval = TimeSpan.FromMilliseconds(50),
    };

    [Fact]
    public async Task No_admission_fails_during_rotations()
    {
        await StartAsync(2, Times);
        await CreateConfigurationAsync();
        await UntilAdmittedAsync();
        var authorities = new HashSet<string>();
        var certificates = new HashSet<string>();
        var admissions = 0;
        var connections = 0;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));

        while (authorities.Count <= Rotations || Replicas.SelectMany(replica => replica.Messages).Count(message => message.Contains("no longer trusted", StringComparison.Ordinal)) < Rotations)
        {
            Assert.False(limit.IsCancellationRequested, string.Join('\n', Replicas.SelectMany(replica => replica.Messages)));
            Assert.Contains("secretKeyRef", await AdmitAsync(), StringComparison.Ordinal);
            admissions++;

            // The API server reuses connections. These are new ones, with the bundle that it can read now.
            foreach (var replica in Replicas)
            {
                var (certificate, authority) = await ConnectAsync(replica, await ReadBundleAsync());
                certificates.Add(certificate);
                authorities.Add(authority);
                connections++;
            }

            Assert.All(Replicas, replica => Assert.Null(replica.Manager.Problem));
        }

        output.WriteLine($"{admissions} admissions by 2 replicas and {connections} new connections during {authorities.Count - 1} rotations of the authority and {certificates.Count - 1} of the certificate, 0 failed.");
        Assert.InRange(certificates.Count, 4, 100);
    }

    private async Task<string> ReadBundleAsync() =>
        Encoding.UTF8.GetString(Convert.FromBase64String((await ReadConfigurationAsync())["webhooks"]![0]!["clientConfig"]!["caBundle"]!.GetValue<string>()));

    /// <summary>Connects as an API server with this bundle does.</summary>
    private static async Task<(string Certificate, string Authority)> ConnectAsync(ManagedReplica replica, string bundle)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.CustomTrustStore.ImportFromPem(bundle);
        var authority = "";
        using var socket = new TcpClient();
        await socket.ConnectAsync(replica.Webhook.Host, replica.Webhook.Port);
        await using var stream = new SslStream(socket.GetStream());
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = replica.Webhook.Host,
            CertificateChainPolicy = policy,
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            {
                authority = chain!.ChainElements[^1].Certificate.Thumbprint;
                Assert.True(errors == SslPolicyErrors.None, $"{errors}: {string.Join(", ", chain.ChainStatus.Select(status => status.StatusInformation))}. {certificate} {DateTime.Now:O}");
                return true;
            },
        });
        return (((X509Certificate2)stream.RemoteCertificate!).Thumbprint, authority);
    }
}
