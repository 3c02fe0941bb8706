using KubeInject.Injection;
using KubeInject.Kubernetes.Connection;

namespace KubeInject.Cmdlets.Injection;

/// <summary>Formats databases and clusters for the messages of ShouldProcess.</summary>
internal static class ShouldProcessMessages
{
    public static string Of(InjectedDatabase database) => $"{database.Name} (role {database.Role}) as {string.Join(", ", database.Variables)}";

    public static string Of(KubeConnection connection) => connection.Context is null ? $"{connection.Server}" : $"{connection.Server} ({connection.Context})";

    public static string Of(IEnumerable<InjectedDatabase> databases) => string.Join("; ", databases.Select(Of));
}
