using KubeInject.Kubernetes.Errors;


namespace KubeInject.Leases;

/// <summary>Reads who has which lease.</summary>
internal interface IOwnerReader
{
    /// <summary>Reads all that can be seen, as it is now. What cannot be seen is a gap of the view, and no exception.</summary>
    /// <param name="leases">The leases whose owners are wanted.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The view. Whatever has changed since the call began may or may not be in it.</returns>
    /// <exception cref="KubeApiException">Nothing at all can be seen.</exception>
    /// <exception cref="KubeConnectionException">Likewise.</exception>
    Task<OwnerView> ReadAsync(IReadOnlySet<Guid> leases, CancellationToken cancellationToken);
}
