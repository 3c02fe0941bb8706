using KubeInject.Kubernetes.Errors;


namespace KubeInject.Leases;

/// <summary>Reads the owners of leases from a cluster.</summary>
internal interface IOwnerReader
{
    /// <summary>Reads the current owners. A resource that cannot be read is a gap of the view, not an error.</summary>
    /// <param name="leases">The leases whose owners are read.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The view, which might not include changes since the start of the call.</returns>
    /// <exception cref="KubeApiException">No resource can be read.</exception>
    /// <exception cref="KubeConnectionException">The cluster cannot be reached.</exception>
    Task<OwnerView> ReadAsync(IReadOnlySet<Guid> leases, CancellationToken cancellationToken);
}
