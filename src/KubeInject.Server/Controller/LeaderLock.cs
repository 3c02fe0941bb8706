using System.Globalization;
using System.Text.Json.Nodes;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Controller;

/// <summary>The content of a Lease (<c>coordination.k8s.io/v1</c>) that decides which process leads.</summary>
/// <param name="Holder">The process that leads. Empty if none does.</param>
/// <param name="Duration">How long the Lease is valid after it was renewed.</param>
/// <param name="AcquiredAt">When the holder became the leader, by its clock.</param>
/// <param name="RenewedAt">When the holder last renewed the Lease, by its clock.</param>
/// <param name="Transitions">The number of changes of the holder.</param>
/// <param name="Version">The resource version. Null if the Lease does not exist.</param>
internal sealed record LeaderRecord(string Holder, TimeSpan Duration, DateTimeOffset? AcquiredAt, DateTimeOffset? RenewedAt, int Transitions, string? Version);

/// <summary>Reads and writes the Lease that decides which process leads.</summary>
internal interface ILeaderLock
{
    /// <summary>Reads the Lease.</summary>
    /// <returns>The content; null if it does not exist.</returns>
    Task<LeaderRecord?> FindAsync(CancellationToken cancellationToken);

    /// <summary>Creates or replaces the Lease, if it still has the version of the record.</summary>
    /// <returns>The content with the new version; null if another process has created or changed the Lease.</returns>
    Task<LeaderRecord?> TryWriteAsync(LeaderRecord record, CancellationToken cancellationToken);
}

/// <summary>The Lease in a cluster.</summary>
/// <param name="client">The cluster.</param>
/// <param name="namespace">The namespace of the Lease, which must exist.</param>
/// <param name="name">The name of the Lease.</param>
internal sealed class KubeLeaderLock(KubeObjectClient client, string @namespace, string name) : ILeaderLock
{
    public async Task<LeaderRecord?> FindAsync(CancellationToken cancellationToken)
    {
        try
        {
            return Read(await client.GetAsync(KubeResource.Leases, name, @namespace, cancellationToken).ConfigureAwait(false));
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.NotFound)
        {
            return null;
        }
    }

    public async Task<LeaderRecord?> TryWriteAsync(LeaderRecord record, CancellationToken cancellationToken)
    {
        var lease = new JsonObject
        {
            ["apiVersion"] = KubeResource.Leases.ApiVersion,
            ["kind"] = KubeResource.Leases.Kind,
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject
            {
                ["holderIdentity"] = record.Holder,
                ["leaseDurationSeconds"] = (int)record.Duration.TotalSeconds,
                ["acquireTime"] = Text(record.AcquiredAt),
                ["renewTime"] = Text(record.RenewedAt),
                ["leaseTransitions"] = record.Transitions,
            },
        };
        try
        {
            if (record.Version is null)
                return Read(await client.CreateAsync(KubeResource.Leases, KubeObject.Parse(lease.ToJsonString()), @namespace, cancellationToken: cancellationToken).ConfigureAwait(false));

            // With the version, the server refuses the patch if the Lease has changed.
            lease["metadata"]!["resourceVersion"] = record.Version;
            return Read(await client.PatchAsync(KubeResource.Leases, name, KubePatch.Merge(lease.ToJsonString()), @namespace, cancellationToken: cancellationToken).ConfigureAwait(false));
        }
        catch (KubeApiException exception) when (exception.Reason is KubeApiReason.Conflict or KubeApiReason.AlreadyExists)
        {
            return null;
        }
    }

    private static string? Text(DateTimeOffset? time) => time?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static LeaderRecord Read(KubeObject lease)
    {
        var spec = lease.ToElement().Get("spec");
        return new LeaderRecord(
            spec.Text("holderIdentity") ?? "",
            TimeSpan.FromSeconds(spec.Int("leaseDurationSeconds")),
            spec.Time("acquireTime"),
            spec.Time("renewTime"),
            spec.Int("leaseTransitions"),
            lease.ResourceVersion);
    }
}
