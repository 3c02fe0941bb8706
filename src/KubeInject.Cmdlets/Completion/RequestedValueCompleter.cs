using KubeInject.Annotations;
using KubeInject.Completion;

namespace KubeInject.Cmdlets.Completion;

/// <summary>Completes roles, mounts and variables from the annotations of the pods in the namespace.</summary>
public sealed class RequestedValueCompleter : ClusterCompleter
{
    private protected override Func<ClusterSuggestions, CancellationToken, IAsyncEnumerable<Suggestion>> CreateClusterQuery(CompletionContext line)
    {
        var (query, select) = (line.Query, Values(line.Parameter));
        return (cluster, cancellationToken) => cluster.DatabasesAsync(query, cancellationToken).ValuesAsync(select, cancellationToken);
    }

    private static Func<DatabaseInjection, IEnumerable<string?>> Values(string parameter) => parameter switch
    {
        "Mount" => database => [database.Mount],
        "EnvUri" => database => database.UriVariables,
        "EnvUsername" => database => database.UsernameVariables,
        "EnvPassword" => database => database.PasswordVariables,
        _ => database => [database.Role],
    };
}
