using KubeInject.Kubernetes.Client;

namespace KubeInject.Leases;

/// <summary>Reads the pods and workloads of a cluster that use leases, always in all namespaces.</summary>
/// <param name="client">The cluster.</param>
/// <param name="options">The namespace to read without permission for all namespaces, and whether to skip custom resources.</param>
internal sealed class KubeOwnerReader(KubeObjectClient client, LeaseOptions options) : IOwnerReader
{
    /// <inheritdoc/>
    public Task<OwnerView> ReadAsync(IReadOnlySet<Guid> leases, CancellationToken cancellationToken) => ReadAsync(leases, isOneKind: false, cancellationToken);

    /// <inheritdoc/>
    public Task<OwnerView> ReadOneKindAsync(IReadOnlySet<Guid> leases, CancellationToken cancellationToken) => ReadAsync(leases, isOneKind: true, cancellationToken);

    private async Task<OwnerView> ReadAsync(IReadOnlySet<Guid> leases, bool isOneKind, CancellationToken cancellationToken)
    {
        var reading = new OwnerReading(client, options.Namespace ?? client.Namespace, leases);
        await reading.ReadIdentityAsync(cancellationToken).ConfigureAwait(false);
        if (isOneKind)
            await reading.ReadMissingAsync(cancellationToken).ConfigureAwait(false);
        else
            await reading.ReadWorkloadsAsync(cancellationToken).ConfigureAwait(false);
        if (reading.IsMissingAny)
        {
            if (options.SkipCustomResources)
                reading.Skip();
            else
                await reading.ReadCustomResourcesAsync(cancellationToken).ConfigureAwait(false);
        }

        return reading.ToView();
    }
}
