using KubeInject.Credentials;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;
using Microsoft.Extensions.Time.Testing;

namespace KubeInject.Testing.Sweeps;

/// <summary>
/// A random history of pods, workloads, injections and sweeps. The clocks of the processes differ, their permissions are incomplete, the
/// cluster changes between what they read and what they do, and they are killed at any call. No credential is revoked if its owner
/// exists for longer than the age of the view that the sweep accepts, and none within the grace period. Each sweep renews the leases whose owners it reads. Without an owner, a credential is valid for
/// at most two complete sweeps after the grace period.
/// </summary>
internal sealed class SweepHistory
{
    private const int SweepsToRevoke = 2;
    private static readonly TimeSpan GracePeriod = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Resolution = TimeSpan.FromSeconds(1);
    private static readonly double[] Skews = [0, 0, 0, 20, -20, 360, -360, -2400, 2400];
    private static readonly string[] Namespaces = [ModelRights.OwnNamespace, "billing"];

    private readonly FakeTimeProvider truth = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly Random random;
    private readonly ModelCluster[] clusters = [new("north"), new("south")];
    private readonly SkewedTime[] clocks;
    private readonly Dictionary<Guid, ModelCredential> credentials = [];
    private readonly Dictionary<ModelObject, DateTimeOffset> createdAt = [];
    private readonly List<string> trace = [];
    private HashSet<Guid> renewed = [];
    private bool isActing;
    private TimeSpan viewAge;

    // After an exception a sweep would continue with the next lease.
    private InvalidOperationException? violation;

    private readonly string role;

    private SweepHistory(int seed, ICredentialIssuer backend, string role)
    {
        random = new Random(seed);
        (Backend, this.role) = (backend, role);
        var kind = random.GetItems(Enum.GetValues<ModelStoreKind>(), 1)[0];

        // Processes that share a folder share a machine.
        clocks = [.. Enumerable.Range(0, kind == ModelStoreKind.Folder ? 1 : 3).Select(_ => new SkewedTime(truth, Skew()))];
        Store = new ModelStore(kind, clusters[0], new SkewedTime(truth, Skew()));
        Note($"records in {kind}");
    }

    /// <summary>The backend that issues and revokes.</summary>
    public ICredentialIssuer Backend { get; }

    public ModelStore Store { get; }

    /// <summary>How often a credential was revoked in all histories, so that tests can require revocations.</summary>
    public int Revocations { get; private set; }

    /// <summary>How often a credential with a live owner was renewed.</summary>
    public int Renewals { get; private set; }

    /// <summary>Runs a history.</summary>
    /// <param name="seed">The seed of the history.</param>
    /// <param name="backend">The backend that issues and revokes.</param>
    /// <param name="role">The role that credentials are issued from.</param>
    /// <param name="steps">The number of steps.</param>
    /// <exception cref="InvalidOperationException">A rule was broken; the message has the steps.</exception>
    public static async Task<SweepHistory> RunAsync(int seed, ICredentialIssuer backend, string role, int steps)
    {
        var history = new SweepHistory(seed, backend, role);
        for (var step = 0; step < steps && history.violation is null; step++)
            await history.StepAsync();
        if (history.violation is not null)
            throw history.violation;
        return history;
    }

    /// <summary>All requested credentials, and whether they are valid.</summary>
    public IEnumerable<(Guid Uuid, bool IsAlive)> Credentials => credentials.Values.Select(credential => (credential.Uuid, credential.IsAlive));

    /// <summary>Runs other processes while one is working.</summary>
    public async Task ActAsync()
    {
        if (isActing || random.Next(3) != 0)
            return;
        isActing = true;
        var accepted = viewAge;
        try
        {
            truth.Advance(TimeSpan.FromSeconds(random.Next(4)));
            if (random.Next(6) == 0)
                await SweepAsync("meanwhile ");
            else
                ChangeCluster();
        }
        finally
        {
            isActing = false;
            viewAge = accepted;
        }
    }

    public void Issued(Guid uuid) => credentials[uuid].IsAlive = true;

    public void Renewed(Guid uuid)
    {
        renewed.Add(uuid);
        Renewals++;

        // A sweep keeps a lease that another sweep has just renewed.
        if (isActing)
            credentials[uuid].TimesOwned++;
    }

    public void Revoked(Guid uuid)
    {
        if (!credentials.TryGetValue(uuid, out var credential) || !credential.IsAlive)
            return;
        Note($"  revoked {Short(uuid)}");
        credential.IsAlive = false;
        Revocations++;
        if (clusters.SelectMany(cluster => cluster.Objects).Any(item => item.Lease == uuid && item.CanHavePods && truth.GetUtcNow() - createdAt[item] >= viewAge))
            violation ??= Broken($"{Short(uuid)} was revoked, and {Owner(uuid)} lives");
        else if (truth.GetUtcNow() - credential.RecordedAt < GracePeriod)
            violation ??= Broken($"{Short(uuid)} was revoked {truth.GetUtcNow() - credential.RecordedAt} after it was recorded");
    }

    private static string Short(Guid uuid) => $"{uuid:N}"[..6];

    private async Task StepAsync()
    {
        truth.Advance(TimeSpan.FromSeconds(random.Next(240)));
        switch (random.Next(10))
        {
            case < 3:
                for (var count = random.Next(1, 5); count > 0; count--)
                    await IssueAsync();
                break;
            case < 6:
                ChangeCluster();
                break;
            default:
                await SweepAsync("");
                break;
        }
    }

    private async Task IssueAsync()
    {
        // Records in Vault and in Secrets belong to one cluster.
        var cluster = Store.Kind == ModelStoreKind.Folder ? Any(clusters) : clusters[0];
        var credential = new ModelCredential(NewGuid(), cluster, Any(["Pod", "Deployment", "Rollout"]), truth.GetUtcNow());
        credentials[credential.Uuid] = credential;
        var process = new ModelProcess(this, Any(clocks), random.Next(4) == 0 ? random.Next(1, 6) : null);
        var isConnected = random.Next(3) > 0;
        Note($"issue {Short(credential.Uuid)} for a {credential.Kind} in {cluster.Name}{(isConnected ? "" : ", not connected")}");

        // A controller issues after the pod exists.
        if (random.Next(4) == 0)
            Create(cluster, ModelShape.Pod, credential.Uuid);
        using var channel = cluster.Connect(new ModelRights(), process.Call);
        var source = new CredentialSource(process, process, isConnected ? new KubeObjectClient(channel, ModelRights.OwnNamespace) : null, process.Time);
        try
        {
            await source.IssueAsync(
                new CredentialRequest(credential.Uuid, "orders", role, "databases", new ObjectReference(credential.Kind, Any(Namespaces), "orders"), "default"), CancellationToken.None);
        }
        catch (Exception) when (process.IsKilled)
        {
            Note("  killed");
        }
    }

    private void ChangeCluster()
    {
        var cluster = Any(clusters);

        // A lease without an owner most likely gets one too late while a sweep is running.
        var living = credentials.Values.Where(credential => credential.IsAlive && credential.Cluster == cluster && !(isActing && Owner(credential.Uuid) is not null)).ToList();
        switch (random.Next(6))
        {
            case < 3 when living.Count > 0:
                var credential = Any(living);
                Create(cluster, Any(ShapesOf(credential.Kind)), credential.Uuid);
                break;
            case < 5 when cluster.Objects.Count > 0:
                var gone = Any(cluster.Objects);
                cluster.Objects.Remove(gone);
                Note($"delete {gone} of {cluster.Name}");
                break;
            case 5 when Store.Records.Count > 0 && random.Next(3) == 0:
                var record = Any(Store.Records.Keys.Order().ToList());
                if (!Store.Unreadable.Remove(record))
                    Store.Unreadable.Add(record);
                Note($"damage, or repair, the record {Short(record)}");
                break;
        }
    }

    private static List<ModelShape> ShapesOf(string kind) =>
    [
        .. Enum.GetValues<ModelShape>().Where(shape => shape is ModelShape.Rollout ? kind == "Rollout"
            : shape is ModelShape.PodOfTheSameUid or ModelShape.PodOfTheSameUidWithEmptyAnnotation ? kind == "Pod"
            : true),
    ];

    private void Create(ModelCluster cluster, ModelShape shape, Guid lease)
    {
        var created = new ModelObject(shape, lease, Any(Namespaces), $"o{cluster.Objects.Count}-{random.Next(1000)}");
        cluster.Objects.Add(created);
        createdAt[created] = truth.GetUtcNow();
        if (created.CanHavePods)
            (credentials[lease].TimesOwned, credentials[lease].SweepsSurvived) = (credentials[lease].TimesOwned + 1, 0);

        // A sweep that reads the object before its controller must keep the lease.
        else if (isActing)
            credentials[lease].TimesOwned++;
        Note($"create {created} with {Short(lease)} in {cluster.Name}");
    }

    private async Task SweepAsync(string when)
    {
        var cluster = Store.Kind == ModelStoreKind.Vault ? clusters[0] : Any(clusters);
        var process = new ModelProcess(this, Any(clocks), random.Next(5) == 0 ? random.Next(1, 40) : null);
        var rights = Rights();
        var options = new LeaseOptions
        {
            Concurrency = 1,
            GracePeriod = GracePeriod,
            Namespace = random.Next(5) == 0 ? Any(Namespaces) : null,
            SkipCustomResources = random.Next(6) == 0,
            MaxViewAge = TimeSpan.FromSeconds(Any([0, 5])),
        };
        viewAge = options.MaxViewAge;
        Note($"{when}sweep of {cluster.Name}, clock {process.Time.GetUtcNow() - truth.GetUtcNow()}, lost {string.Join('+', rights.Lost)}{(options.Namespace is null ? "" : $", namespace {options.Namespace}")}{(rights.KnowsCluster ? "" : ", cluster unknown")}");
        var due = credentials.Values.Where(credential => IsDue(credential, process, cluster, rights, options)).ToDictionary(credential => credential, credential => credential.TimesOwned);
        var outer = renewed;
        renewed = [];
        try
        {
            using var channel = cluster.Connect(rights, process.Call);
            var client = new KubeObjectClient(channel, ModelRights.OwnNamespace);
            var sweep = new LeaseSweep(new CredentialSource(process, process, client, process.Time), client, options);
            var mustRenew = RenewableBy(cluster, rights, options);
            var plan = await sweep.PlanAsync(CancellationToken.None);
            await ActAsync();
            var summary = await sweep.RunAsync(plan, null, CancellationToken.None);
            if (process.IsKilled)
                return;
            foreach (var lease in mustRenew.Where(lease => !renewed.Contains(lease) && credentials[lease].IsAlive))
                throw Broken($"{Short(lease)} has a living owner and was not renewed: {summary.Notice}");
        }
        catch (ProcessKilledException)
        {
            Note("  killed");
            return;
        }
        catch (KubeApiException)
        {
            Note("  saw nothing");
            return;
        }
        finally
        {
            renewed.UnionWith(outer);
        }

        foreach (var (credential, timesOwned) in due)
        {
            if (!credential.IsAlive || credential.TimesOwned != timesOwned)
                continue;
            if (++credential.SweepsSurvived >= SweepsToRevoke)
                throw Broken($"{Short(credential.Uuid)} has no owner and survived {credential.SweepsSurvived} sweeps");
        }
    }

    private ModelRights Rights() => random.Next(3) > 0 ? new ModelRights() : new ModelRights
    {
        Lost = random.Next(4) == 0 ? ModelCluster.Resources.Keys.ToHashSet() : random.GetItems(ModelCluster.Resources.Keys.ToArray(), random.Next(1, 3)).ToHashSet(),
        MayListOwnNamespace = random.Next(2) == 0,
        KnowsCluster = random.Next(3) > 0,
    };

    /// <summary>Whether a sweep must conclude that a credential has no owner.</summary>
    private bool IsDue(ModelCredential credential, ModelProcess process, ModelCluster cluster, ModelRights rights, LeaseOptions options)
    {
        if (!credential.IsAlive || Owner(credential.Uuid) is not null || !Store.Records.TryGetValue(credential.Uuid, out var record) || Store.Unreadable.Contains(credential.Uuid))
            return false;
        var isOfCluster = record.ClusterUid is null ? Store.BelongsTo(cluster) : record.ClusterUid == cluster.Uid;
        var sees = rights.IsWhole || (rights.KnowsCluster && rights.Lost.SetEquals(["rollouts"]) && credential.Kind != "Rollout");
        var age = new[] { process.Time.GetUtcNow() - record.RecordedAt!.Value, Store.AgeOf(credential.Uuid, process.Time) }.Min();
        return isOfCluster && sees && age >= GracePeriod + Resolution
            && (!options.SkipCustomResources || credential.Kind != "Rollout")
            && (options.Namespace is null || options.Namespace == record.Owner.Namespace);
    }

    /// <summary>The leases whose owners a sweep reads, so that it must renew them.</summary>
    private List<Guid> RenewableBy(ModelCluster cluster, ModelRights rights, LeaseOptions options) =>
    [
        .. from record in Store.Records.Values
           where record is { IsComplete: true, IsRenewable: true } && !Store.Unreadable.Contains(record.Uuid) && credentials[record.Uuid].IsAlive
           where record.ClusterUid is null || record.ClusterUid == cluster.Uid
           where options.Namespace is null || options.Namespace == record.Owner.Namespace
           where cluster.Objects.Exists(item => item.Lease == record.Uuid && item.CanHavePods && item.Shape != ModelShape.Rollout && rights.MaySee(item, options.Namespace ?? ModelRights.OwnNamespace))
           select record.Uuid,
    ];

    private ModelObject? Owner(Guid lease) => clusters.SelectMany(cluster => cluster.Objects).FirstOrDefault(item => item.Lease == lease && item.CanHavePods);

    private InvalidOperationException Broken(string rule) => new($"{rule}. The steps:\n{string.Join('\n', trace)}");

    private void Note(string text) => trace.Add($"{truth.GetUtcNow():HH:mm:ss} {text}");

    private TimeSpan Skew() => TimeSpan.FromSeconds(Any(Skews));

    private T Any<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];

    private Guid NewGuid()
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }

    private sealed class ModelCredential(Guid uuid, ModelCluster cluster, string kind, DateTimeOffset recordedAt)
    {
        public Guid Uuid => uuid;

        /// <summary>When it was recorded, by the true time.</summary>
        public DateTimeOffset RecordedAt => recordedAt;

        public ModelCluster Cluster => cluster;

        /// <summary>The kind of the object that it was issued for.</summary>
        public string Kind => kind;

        public bool IsAlive { get; set; }

        /// <summary>How often it got an owner. A sweep counts only if the number did not change.</summary>
        public int TimesOwned { get; set; }

        /// <summary>How many sweeps could have revoked it since it lost its owner.</summary>
        public int SweepsSurvived { get; set; }
    }
}
