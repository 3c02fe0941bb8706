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

/// <summary>Suggestions from a cluster for tab completion. Lists read only metadata, page by page.</summary>
/// <param name="connection">The connection. Completion does not run an exec plugin: there are no suggestions until the plugin has run for another command.</param>
internal sealed class ClusterSuggestions(KubeConnection connection)
{
    private readonly KubeObjectClient client = connection.Objects;

    /// <summary>Gets suggestions over a temporary connection.</summary>
    /// <param name="find">The function that finds the connection settings.</param>
    /// <param name="ask">The function that gets the suggestions.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    /// <returns>The suggestions.</returns>
    public static async IAsyncEnumerable<Suggestion> OfAsync(
        Func<ConnectionSettings> find, Func<ClusterSuggestions, IAsyncEnumerable<Suggestion>> ask, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(find);
        ArgumentNullException.ThrowIfNull(ask);

        // The connection is not opened, because the first request reports the same failures.
        using var connection = new KubeConnection(find(), KubeRetryPolicy.Default);
        await foreach (var found in ask(new ClusterSuggestions(connection)).WithCancellation(cancellationToken).ConfigureAwait(false))
            yield return found;
    }

    /// <summary>Gets the names of objects.</summary>
    /// <param name="resource">The resource of the objects.</param>
    /// <param name="query">The objects to select.</param>
    /// <param name="cancellationToken">Stops the list.</param>
    /// <returns>The names in the order of the server.</returns>
    public async IAsyncEnumerable<Suggestion> NamesAsync(KubeResource resource, KubeQuery query, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var found in ListAsync(resource, query, cancellationToken).ConfigureAwait(false))
            yield return new Suggestion(found.Name, $"{found}, {HumanDuration.OfAge(found.Age)} old");
    }

    /// <summary>Gets the DNS names of the Services in the namespace of the connection.</summary>
    /// <param name="cancellationToken">Stops the list.</param>
    /// <returns>The names: <c>orders-db.shop.svc</c>.</returns>
    public async IAsyncEnumerable<Suggestion> ServerNamesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var found in ListAsync(new KubeResource("", "v1", "services", "Service"), new KubeQuery(), cancellationToken).ConfigureAwait(false))
            yield return new Suggestion($"{found.Name}.{found.Namespace}.svc", $"{found}, {HumanDuration.OfAge(found.Age)} old");
    }

    /// <summary>Gets the names of workloads: <c>deployment/orders</c>.</summary>
    /// <param name="word">The typed text. If it contains a slash, only workloads of its kind are suggested; otherwise, all kinds that manage pods.</param>
    /// <param name="query">The objects to select.</param>
    /// <param name="cancellationToken">Stops the lists.</param>
    /// <returns>The names, grouped by kind.</returns>
    public async IAsyncEnumerable<Suggestion> WorkloadsAsync(string word, KubeQuery query, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(word);
        var type = word.Split('/') is [{ Length: > 0 } typed, _] ? typed : null;

        // Pods are suggested only for the kind pod, because most pods belong to another workload.
        var kinds = WorkloadKind.All.Where(kind => type is null ? kind.CanBeChanged : kind.IsNamed(type));
        var lists = kinds.Select(kind => WorkloadsAsync(kind, type ?? kind.Names[0], query, cancellationToken)).ToArray();
        foreach (var list in lists)
        {
            foreach (var found in await list.ConfigureAwait(false))
                yield return found;
        }
    }

    /// <summary>Gets label selectors from the labels of objects.</summary>
    /// <param name="resource">The resource of the objects.</param>
    /// <param name="query">The objects to select; the label selector is ignored.</param>
    /// <param name="word">The typed part of the selector: <c>app=orders,ti</c>.</param>
    /// <param name="cancellationToken">Stops the list.</param>
    /// <returns>The selectors, completed with a key or, after an operator, with a value. No duplicates.</returns>
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

    /// <summary>Gets the databases that pods request.</summary>
    /// <param name="query">The pods to select.</param>
    /// <param name="cancellationToken">Stops the list.</param>
    /// <returns>The databases, grouped by pod.</returns>
    public async IAsyncEnumerable<DatabaseInjection> DatabasesAsync(KubeQuery query, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var options = InjectionOptions.Read(null, null, Environment.GetEnvironmentVariable);
        await foreach (var pod in ListAsync(KubeResource.Pods, query, cancellationToken).ConfigureAwait(false))
        {
            foreach (var database in PodInjectionReader.Read(pod.ToTemplate(), options).Databases)
                yield return database;
        }
    }

    /// <summary>Gets the databases that workloads request.</summary>
    /// <param name="workloads">The names of the workloads: <c>deployment/orders</c>.</param>
    /// <param name="namespace">The namespace; null for the namespace of the connection.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    /// <returns>The databases, grouped by workload.</returns>
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
            return [.. list.Select(found => new Suggestion($"{type}/{found.Name}", $"{found}, {HumanDuration.OfAge(found.Age)} old") { Name = found.Name })];
        }
        catch (KubeApiException)
        {
            // Omit kinds that the user is not permitted to list.
            return [];
        }
    }
}
