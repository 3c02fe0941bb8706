using System.Runtime.CompilerServices;
using KubeInject.Annotations;
using KubeInject.Injection.Workloads;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Manifests;

namespace KubeInject.Completion;

/// <summary>What a cluster has that a user may be about to name. Of lists only metadata is read, page by page.</summary>
/// <param name="connection">The cluster. A program that gives its credential is not run for this: nothing is found until it was.</param>
public sealed class ClusterSuggestions(KubeConnection connection)
{
    private readonly KubeObjectClient client = connection.Objects;

    /// <summary>Asks the cluster of settings over a connection that ends with the answer.</summary>
    /// <param name="find">Gives the settings.</param>
    /// <param name="ask">Asks.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    /// <returns>The answer.</returns>
    public static async IAsyncEnumerable<Suggestion> OfAsync(
        Func<ConnectionSettings> find, Func<ClusterSuggestions, IAsyncEnumerable<Suggestion>> ask, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(find);
        ArgumentNullException.ThrowIfNull(ask);

        // Not opened: the first answer says all that the two questions of opening would.
        using var connection = new KubeConnection(find(), KubeRetryPolicy.Default);
        await foreach (var found in ask(new ClusterSuggestions(connection)).WithCancellation(cancellationToken).ConfigureAwait(false))
            yield return found;
    }

    /// <summary>The names of objects.</summary>
    /// <param name="resource">Their kind.</param>
    /// <param name="query">Which of them.</param>
    /// <param name="cancellationToken">Stops the list.</param>
    /// <returns>The names, in the server's order.</returns>
    public async IAsyncEnumerable<Suggestion> NamesAsync(KubeResource resource, KubeQuery query, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var found in ListAsync(resource, query, cancellationToken).ConfigureAwait(false))
            yield return new Suggestion(found.Name, $"{found}, {found.Age} old");
    }

    /// <summary>The names that the Services of the connection's namespace have all over the cluster.</summary>
    /// <param name="cancellationToken">Stops the list.</param>
    /// <returns>The names: <c>orders-db.shop.svc</c>.</returns>
    public async IAsyncEnumerable<Suggestion> ServerNamesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var found in ListAsync(new KubeResource("", "v1", "services", "Service"), new KubeQuery(), cancellationToken).ConfigureAwait(false))
            yield return new Suggestion($"{found.Name}.{found.Namespace}.svc", $"{found}, {found.Age} old");
    }

    /// <summary>The names of workloads: <c>deployment/orders</c>.</summary>
    /// <param name="word">What was typed: with a slash in it, its kind stays as it is; without, every kind that others manage pods with.</param>
    /// <param name="query">Which of them.</param>
    /// <param name="cancellationToken">Stops the lists.</param>
    /// <returns>The names, kind by kind.</returns>
    public async IAsyncEnumerable<Suggestion> WorkloadsAsync(string word, KubeQuery query, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(word);
        var type = word.Split('/') is [{ Length: > 0 } typed, _] ? typed : null;

        // Pods are many, and few of them are workloads of their own: they are offered to whom asks for pods.
        var kinds = WorkloadKind.All.Where(kind => type is null ? kind.CanBeChanged : kind.IsNamed(type));
        var lists = kinds.Select(kind => WorkloadsAsync(kind, type ?? kind.Names[0], query, cancellationToken)).ToArray();
        foreach (var list in lists)
        {
            foreach (var found in await list.ConfigureAwait(false))
                yield return found;
        }
    }

    /// <summary>The labels that objects have, for a selector.</summary>
    /// <param name="resource">The kind of the objects.</param>
    /// <param name="query">Which of them; a label selector does not count.</param>
    /// <param name="word">The selector so far: <c>app=orders,ti</c>.</param>
    /// <param name="cancellationToken">Stops the list.</param>
    /// <returns>The selector with a key, or, behind an operator, with a value; each once.</returns>
    public async IAsyncEnumerable<Suggestion> LabelsAsync(
        KubeResource resource, KubeQuery query, string word, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(word);
        var before = word[..(word.LastIndexOf(',') + 1)];
        var last = word[before.Length..];
        var endOfKey = last.IndexOfAny(['=', '!']);
        var key = endOfKey < 0 ? null : last[..endOfKey];
        var operation = endOfKey < 0 ? "" : last[..(last.LastIndexOf('=') + 1)];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var found in ListAsync(resource, query with { LabelSelector = null }, cancellationToken).ConfigureAwait(false))
        {
            foreach (var label in found.Labels.OrderBy(label => label.Key, StringComparer.Ordinal))
            {
                var text = key is null ? $"{before}{label.Key}=" : label.Key == key && operation.Length > 0 ? $"{before}{operation}{label.Value}" : null;
                if (text is not null && seen.Add(text))
                    yield return new Suggestion(text, $"{label.Key}={label.Value}, of {found}");
            }
        }
    }

    /// <summary>What the pods of a namespace ask for.</summary>
    /// <param name="query">Which pods.</param>
    /// <param name="cancellationToken">Stops the list.</param>
    /// <returns>The databases, pod by pod.</returns>
    public async IAsyncEnumerable<DatabaseInjection> DatabasesAsync(KubeQuery query, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var pod in ListAsync(KubeResource.Pods, query, cancellationToken).ConfigureAwait(false))
        {
            foreach (var database in PodInjectionReader.Read(pod.ToTemplate(), InjectionOptions.Default).Databases)
                yield return database;
        }
    }

    /// <summary>What workloads ask for.</summary>
    /// <param name="workloads">Their names: <c>deployment/orders</c>.</param>
    /// <param name="namespace">Their namespace; null for that of the connection.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    /// <returns>The databases, workload by workload.</returns>
    public async IAsyncEnumerable<DatabaseInjection> DatabasesAsync(
        IEnumerable<string> workloads, string? @namespace, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(workloads);
        if (!connection.IsCredentialAvailable)
            yield break;
        foreach (var name in workloads)
        {
            var workload = WorkloadName.Parse(name, @namespace ?? client.Namespace);
            var found = await WorkloadKind.Of(workload.Kind)!.GetAsync(client, workload, cancellationToken).ConfigureAwait(false);
            foreach (var database in ManifestSuggestions.DatabasesOf(new ManifestText(found.ToJson())))
                yield return database;
        }
    }

    private async IAsyncEnumerable<ObjectMetadata> ListAsync(KubeResource resource, KubeQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!connection.IsCredentialAvailable)
            yield break;
        await foreach (var found in client.ListMetadataAsync(resource, query, cancellationToken).ConfigureAwait(false))
            yield return found;
    }

    private async Task<IReadOnlyList<Suggestion>> WorkloadsAsync(WorkloadKind kind, string type, KubeQuery query, CancellationToken cancellationToken)
    {
        if (!connection.IsCredentialAvailable)
            return [];
        try
        {
            var list = await kind.ListAsync(client, query, cancellationToken).ConfigureAwait(false);
            return [.. list.Select(found => new Suggestion($"{type}/{found.Name}", $"{found}, {found.Age} old") { Name = found.Name })];
        }
        catch (KubeApiException)
        {
            // A kind that the user may not list does not hide the others.
            return [];
        }
    }
}
