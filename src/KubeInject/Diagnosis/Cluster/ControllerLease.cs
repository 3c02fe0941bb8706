using KubeInject.Http;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Diagnosis.Cluster;

/// <summary>The Lease of the KubeInject controller that leads. Only the leader issues, renews and revokes.</summary>
/// <param name="Holder">The pod that leads; null if none does.</param>
/// <param name="RenewedAt">When the Lease was last renewed, by the clock of the API server if possible.</param>
/// <param name="IsValid">Whether a controller leads, or led until a moment ago and can still be followed by another one.</param>
internal sealed record ControllerLease(string? Holder, DateTimeOffset? RenewedAt, bool IsValid)
{
    /// <summary>The name of the Lease.</summary>
    public const string Name = "kubeinject";

    /// <summary>Exceeds the duration of requests and the usual difference of clocks.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(30);

    /// <summary>Reads a Lease.</summary>
    /// <param name="lease">The Lease.</param>
    /// <param name="now">The time of the API server.</param>
    public static ControllerLease Read(KubeObject lease, DateTimeOffset now)
    {
        // The API server wrote the time of the last write by the clock that it is compared with. The clock of the holder can differ.
        var document = lease.ToElement();
        var spec = document.Get("spec");
        var holder = spec.Text("holderIdentity") is { Length: > 0 } text ? text : null;
        var renewed = document.Get("metadata").Get("managedFields").Items().Max(entry => entry.Time("time")) ?? spec.Time("renewTime");
        return new ControllerLease(holder, renewed, now - renewed < TimeSpan.FromSeconds(spec.Int("leaseDurationSeconds")) + Tolerance);
    }
}
