using System.Security.Cryptography.X509Certificates;
using FsCheck.Fluent;
using KubeInject.Certificates;
using KubeInject.Testing;

namespace KubeInject.Tests.Certificates;

/// <summary>
/// Several replicas, whose operations are interleaved at random and can be interrupted for months: each certificate that one of
/// them serves is signed by an authority that all API servers trust, even if they use the webhook configuration of an hour ago.
/// </summary>
public sealed class RotationScheduleTests
{
    private const int Replicas = 3;

    // The operations for which a replica is interrupted. They take longer than a serving certificate is valid.
    private const int LongPause = 120;

    private static readonly RotationTimes Times = new()
    {
        AuthorityLifetime = TimeSpan.FromDays(300),
        AuthorityRenewal = TimeSpan.FromDays(30),
        ServingLifetime = TimeSpan.FromDays(20),
        ServingRenewal = TimeSpan.FromDays(12),
    };

    // The time before an operation. Most operations follow at once, so that several of them fit in the delay.
    private static readonly TimeSpan[] Delays =
        [.. Enumerable.Repeat(TimeSpan.Zero, 25), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(61), TimeSpan.FromDays(1), TimeSpan.FromDays(7)];

    private readonly Dictionary<(string Thumbprint, string Bundle), bool> trusted = [];

    [Fact]
    public Task Each_served_certificate_is_trusted_at_any_time() => Task.Run(() =>
    {
        var cases = new CaseCounter();
        var step =
            from replica in Gen.Choose(0, Replicas - 1)
            from delay in Gen.Elements(Delays)
            from pause in Gen.Choose(1, 30)
            from restart in Gen.Choose(1, 60)
            select new Step(replica, delay, pause == 1 ? LongPause : 0, restart == 1);
        Prop.ForAll(step.ArrayOf(500).ToArbitrary(), steps =>
        {
            var problem = Run(steps, cases);
            return (problem is null).Label(problem ?? "");
        }).CheckSeeded(10);
        cases.Require(3, "served the next authority", "removed the previous authority", "expired while interrupted", "wrote at the same time", "restarted");
    });

    private string? Run(Step[] steps, CaseCounter cases)
    {
        var cluster = new MemoryCluster();
        cluster.CreateConfiguration();
        var replicas = Enumerable.Range(0, Replicas).Select(_ => new Replica(cluster)).ToArray();

        // At first, no API server trusts a certificate yet.
        while (replicas.Any(replica => replica.Manager.Problem is not null))
        {
            foreach (var replica in replicas)
                replica.Step();
        }

        cluster.Now += Times.TrustDelay + TimeSpan.FromSeconds(1);
        for (var number = 0; number < steps.Length; number++)
        {
            var step = steps[number];
            cluster.Now += step.Delay;
            if (Enumerable.Range(step.Replica, Replicas).Select(index => index % Replicas).FirstOrDefault(index => replicas[index].PausedUntil <= number, -1) is not (>= 0 and var index))
                continue;
            if (step.IsRestart)
            {
                replicas[index] = new Replica(cluster);
                cases.Count("restarted");
            }

            replicas[index].Step();
            replicas[index].PausedUntil = number + step.Pause;
            if (Check(cluster, replicas, cases) is { } problem)
                return problem;
        }

        foreach (var message in replicas.SelectMany(replica => replica.Messages))
        {
            if (message.StartsWith("The next certificate authority signs", StringComparison.Ordinal))
                cases.Count("served the next authority");
            else if (message.StartsWith("The previous certificate authority is no longer trusted", StringComparison.Ordinal))
                cases.Count("removed the previous authority");
        }

        cases.Count([.. Enumerable.Repeat("wrote at the same time", replicas.Sum(replica => replica.Conflicts))]);
        return null;
    }

    private string? Check(MemoryCluster cluster, Replica[] replicas, CaseCounter cases)
    {
        // An API server can use each bundle that was current in this time.
        var bundles = cluster.History.Where(entry => entry.ReplacedAt is null || entry.ReplacedAt > cluster.Now - Times.TrustDelay).Select(entry => entry.Bundle).ToList();
        for (var index = 0; index < replicas.Length; index++)
        {
            if (replicas[index].Manager is not { Current.TargetCertificate: { } certificate } manager)
                continue;
            if (CertificateSet.EndOf(certificate) <= cluster.Now)
            {
                cases.Count("expired while interrupted");
                if (manager.Problem is null)
                    return $"Replica {index} is ready with a certificate that has expired.";
                continue;
            }

            if (bundles.FindIndex(bundle => !IsTrusted(certificate, bundle)) is >= 0 and var old)
                return $"At {cluster.Now:u}, bundle {old} of {bundles.Count} does not trust the certificate of replica {index}.";
        }

        return null;
    }

    // An authority is valid longer than its serving certificates, so the result does not depend on the time.
    private bool IsTrusted(X509Certificate2 certificate, string bundle)
    {
        if (trusted.TryGetValue((certificate.Thumbprint, bundle), out var isTrusted))
            return isTrusted;
        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
                VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid,
            },
        };
        chain.ChainPolicy.CustomTrustStore.ImportFromPem(bundle);
        return trusted[(certificate.Thumbprint, bundle)] = chain.Build(certificate);
    }

    /// <summary>One operation of a replica.</summary>
    /// <param name="Replica">The replica.</param>
    /// <param name="Delay">The time before the operation.</param>
    /// <param name="Pause">For how many steps the replica is interrupted after the operation.</param>
    /// <param name="IsRestart">Whether the process starts again before the operation.</param>
    private sealed record Step(int Replica, TimeSpan Delay, int Pause, bool IsRestart);

    /// <summary>A process, of which each step performs one operation of the API.</summary>
    private sealed class Replica
    {
        private readonly MessageList log = new();
        private TaskCompletionSource? operation;
        private Task<bool>? pass;

        public Replica(MemoryCluster cluster)
        {
            var access = new MemoryAccess(cluster, WaitAsync);
            Manager = new CertificateManager(access, access, ["kubeinject.kubeinject.svc"], Times, TimeProvider.System, log);
        }

        public CertificateManager Manager { get; }

        /// <summary>The number of the step before which the replica does nothing.</summary>
        public int PausedUntil { get; set; }

        public IReadOnlyList<string> Messages => log.Texts;

        public int Conflicts { get; private set; }

        /// <summary>Performs the operation that the replica waits for, and continues until the next one.</summary>
        public void Step()
        {
            if (operation is { } current)
            {
                operation = null;
                current.SetResult();
            }

            if (pass is { IsCompleted: true })
            {
                Conflicts += pass.GetAwaiter().GetResult() ? 0 : 1;
                pass = null;
            }

            pass ??= Manager.TryPassAsync(CancellationToken.None);
        }

        // Continues on the thread of the test, so that one operation runs at a time.
        private Task WaitAsync(CancellationToken cancellationToken)
        {
            operation = new TaskCompletionSource();
            return operation.Task;
        }
    }
}
