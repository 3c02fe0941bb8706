using KubeInject.Annotations;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Completion;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.Cmdlets.Completion;

/// <summary>The base class of completers that query the cluster of the command.</summary>
public abstract class ClusterCompleter : NameCompleter
{
    private protected override Func<CancellationToken, IAsyncEnumerable<Suggestion>>? CreateQuery(CompletionContext line)
    {
        if (line.Connection is not { } connection)
            return null;
        var query = CreateClusterQuery(line);
        return cancellationToken => query(new ClusterSuggestions(connection), cancellationToken);
    }

    /// <summary>Returns the query that reads suggestions from the cluster.</summary>
    private protected abstract Func<ClusterSuggestions, CancellationToken, IAsyncEnumerable<Suggestion>> CreateClusterQuery(CompletionContext line);
}

/// <summary>Completes label selectors from the labels of the objects that the cmdlet can select.</summary>
public sealed class LabelSelectorCompleter : ClusterCompleter
{
    private protected override Func<ClusterSuggestions, CancellationToken, IAsyncEnumerable<Suggestion>> CreateClusterQuery(CompletionContext line)
    {
        var (resource, word, query) = (line.Resource, line.Word, line.Query);
        return (cluster, cancellationToken) => cluster.LabelsAsync(resource, query, word, cancellationToken);
    }
}

/// <summary>Completes names of pods and workloads that can own leases, from the specified namespace or else from all namespaces.</summary>
public sealed class LeaseOwnerCompleter : ClusterCompleter
{
    private protected override Func<ClusterSuggestions, CancellationToken, IAsyncEnumerable<Suggestion>> CreateClusterQuery(CompletionContext line)
    {
        var (word, query, isPod) = (line.Word, line.Query with { AllNamespaces = !line.HasParameter("Namespace") }, line.Parameter == "Pod");
        return (cluster, cancellationToken) => isPod
            ? cluster.NamesAsync(KubeResource.Pods, query, cancellationToken)
            : cluster.WorkloadsAsync(word, query, cancellationToken);
    }
}

/// <summary>Completes names of namespaces.</summary>
public sealed class NamespaceCompleter : ClusterCompleter
{
    private protected override Func<CancellationToken, IAsyncEnumerable<Suggestion>>? CreateQuery(CompletionContext line)
    {
        if (!line.SpecifiesSettings)
            return base.CreateQuery(line);
        if (line.HasParameter("Server") || line.HasParameter("InCluster"))
            return null;
        var settings = line.Settings();
        var query = CreateClusterQuery(line);
        return cancellationToken => ClusterSuggestions.OfAsync(settings, cluster => query(cluster, cancellationToken), cancellationToken);
    }

    private protected override Func<ClusterSuggestions, CancellationToken, IAsyncEnumerable<Suggestion>> CreateClusterQuery(CompletionContext line) =>
        (cluster, cancellationToken) => cluster.NamesAsync(KubeResource.Namespaces, new KubeQuery(), cancellationToken);
}

/// <summary>Completes names of pods, or of Secrets for the cmdlets for Secrets.</summary>
public sealed class ObjectNameCompleter : ClusterCompleter
{
    private protected override Func<ClusterSuggestions, CancellationToken, IAsyncEnumerable<Suggestion>> CreateClusterQuery(CompletionContext line)
    {
        var (resource, query) = (line.Resource, line.Query);
        return (cluster, cancellationToken) => cluster.NamesAsync(resource, query, cancellationToken);
    }
}

/// <summary>
/// Completes roles, mounts and variables from the manifests of the command and from the annotations of the pods in the namespace,
/// and roles also from the credential source.
/// </summary>
public sealed class RequestedValueCompleter : ClusterCompleter
{
    private protected override Func<CancellationToken, IAsyncEnumerable<Suggestion>>? CreateQuery(CompletionContext line)
    {
        var query = base.CreateQuery(line);
        if (line.ManifestPaths() is { } paths)
        {
            var (recurse, select, ofCluster) = (line.IsOn("Recurse"), Values(line.Parameter), query);
            query = cancellationToken => ManifestSuggestions.DatabasesAsync(paths, recurse, cancellationToken).ValuesAsync(select, cancellationToken).FollowedBy(ofCluster, cancellationToken);
        }

        if (line.Parameter != "Role" || RunspaceDefault<CredentialSource>.Current?.Issuer is not { } issuer)
            return query;
        var mount = line.Text("Mount") ?? InjectionOptions.Read(null, line.Text("DefaultMount"), Environment.GetEnvironmentVariable).DefaultMount;
        return cancellationToken => RoleSuggestions.OfAsync(issuer, mount, cancellationToken).FollowedBy(query, cancellationToken);
    }

    private protected override Func<ClusterSuggestions, CancellationToken, IAsyncEnumerable<Suggestion>> CreateClusterQuery(CompletionContext line)
    {
        var (query, select) = (line.Query, Values(line.Parameter));
        return (cluster, cancellationToken) => cluster.DatabasesAsync(query, cancellationToken).ValuesAsync(select, cancellationToken);
    }

    private static Func<DatabaseInjection, IEnumerable<string?>> Values(string parameter) => parameter switch
    {
        "Mount" or "DefaultMount" => database => [database.Mount],
        "EnvUri" => database => database.UriVariables,
        "EnvUsername" => database => database.UsernameVariables,
        "EnvPassword" => database => database.PasswordVariables,
        _ => database => [database.Role],
    };
}

/// <summary>Completes names of Secrets in the namespace of the connection.</summary>
public sealed class SecretNameCompleter : ClusterCompleter
{
    private protected override Func<ClusterSuggestions, CancellationToken, IAsyncEnumerable<Suggestion>> CreateClusterQuery(CompletionContext line) =>
        (cluster, cancellationToken) => cluster.NamesAsync(KubeResource.Secrets, new KubeQuery(), cancellationToken);
}

/// <summary>Completes names of servers from the Services in the namespace of the connection.</summary>
public sealed class ServerNameCompleter : ClusterCompleter
{
    private protected override Func<ClusterSuggestions, CancellationToken, IAsyncEnumerable<Suggestion>> CreateClusterQuery(CompletionContext line) =>
        (cluster, cancellationToken) => cluster.ServerNamesAsync(cancellationToken);
}

/// <summary>Completes names of ServiceAccounts.</summary>
public sealed class ServiceAccountCompleter : ClusterCompleter
{
    private protected override Func<ClusterSuggestions, CancellationToken, IAsyncEnumerable<Suggestion>> CreateClusterQuery(CompletionContext line)
    {
        var query = line.Query;
        return (cluster, cancellationToken) => cluster.NamesAsync(KubeResource.ServiceAccounts, query, cancellationToken);
    }
}

/// <summary>Completes names of workloads, for example <c>deployment/orders</c>.</summary>
public sealed class WorkloadCompleter : ClusterCompleter
{
    private protected override Func<ClusterSuggestions, CancellationToken, IAsyncEnumerable<Suggestion>> CreateClusterQuery(CompletionContext line)
    {
        var (word, query) = (line.Word, line.Query);
        return (cluster, cancellationToken) => cluster.WorkloadsAsync(word, query, cancellationToken);
    }
}
