namespace KubeInject.IntegrationTests.Leases;

/// <summary>The place in which a process issues credentials until it is killed.</summary>
/// <param name="Namespace">A namespace of the cluster for owners and records.</param>
/// <param name="Folder">A folder for records.</param>
/// <param name="Role">A group role in PostgreSQL. Each member that can log in is a valid credential.</param>
internal sealed record CrashPoint(string Namespace, string Folder, string Role);
