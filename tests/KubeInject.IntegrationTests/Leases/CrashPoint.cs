namespace KubeInject.IntegrationTests.Leases;

/// <summary>Where a process issues credentials until it is killed.</summary>
/// <param name="Namespace">A namespace of the cluster, for owners and for records.</param>
/// <param name="Folder">A folder for records.</param>
/// <param name="Role">A group role in PostgreSQL: whoever is a member of it and can log in is a live credential.</param>
internal sealed record CrashPoint(string Namespace, string Folder, string Role);
