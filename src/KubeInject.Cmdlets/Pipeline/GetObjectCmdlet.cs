using System.Management.Automation;
using KubeInject.Cmdlets.Completion;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Cmdlets.Pipeline;

/// <summary>The base class of cmdlets that get objects of one kind by name, by wildcard, or all.</summary>
/// <remarks>Not generic: PowerShell loads the type arguments with the cmdlet, before the engine, which defines them, can be loaded.</remarks>
public abstract class GetObjectCmdlet : NamespacedCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "Specifies the names of the objects to get. Wildcards are allowed and ignore case. If you do not specify a name, all objects are returned.")]
    [ArgumentCompleter(typeof(ObjectNameCompleter))]
    [SupportsWildcards]
    [NameOfObject]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    [Parameter(ParameterSetName = OneNamespace, ValueFromPipelineByPropertyName = true, HelpMessage = "Specifies the namespaces. Wildcards are allowed, and require the permission to list namespaces. The default is the namespace of the connection.")]
    [Alias("n")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Namespace { get; set; }

    /// <summary>Gets the objects that the parameters select, and writes them.</summary>
    private protected void Get<T>(
        KubeResource resource,
        Func<KubeConnection, ObjectReference, CancellationToken, Task<T>> get,
        Func<KubeConnection, KubeQuery, CancellationToken, IAsyncEnumerable<T>> list,
        Func<T, string> nameOf,
        Action<T> write)
    {
        var connection = RequireConnection();
        var (namespaces, isExact) = FindNamespaces(Namespace, connection);
        var names = Name?.SelectMany(name => ReadName(name, resource, namespaces, Namespace)).ToList();
        var exact = names?.Where(name => !WildcardPattern.ContainsWildcardCharacters(name.Name)).ToList() ?? [];
        var canGet = isExact && !AllNamespaces && LabelSelector is null && FieldSelector is null;
        foreach (var name in exact)
        {
            Run(name.Name, async (pipeline, cancellationToken) =>
            {
                if (!canGet)
                {
                    await ListAsync(pipeline, list(connection, Query(name.Namespace, FieldOfName(name.Name)), cancellationToken), _ => true, write).ConfigureAwait(false);
                    return;
                }

                var found = await get(connection, name, cancellationToken).ConfigureAwait(false);
                await pipeline.InvokeAsync(() => write(found)).ConfigureAwait(false);
            });
        }

        // Without names, one list of all objects of each namespace. Otherwise, one list for each namespace that contains names with wildcards.
        var lists = names?.Except(exact).ToLookup(name => name.Namespace, name => Wildcards.Pattern(name.Name));
        if (lists is null)
        {
            foreach (var @namespace in namespaces)
                List(@namespace, _ => true);
        }

        foreach (var patterns in lists ?? Enumerable.Empty<IGrouping<string?, WildcardPattern>>())
            List(patterns.Key, found => patterns.Any(pattern => pattern.IsMatch(nameOf(found))));

        void List(string? @namespace, Func<T, bool> isWanted) => Run(@namespace, async (pipeline, cancellationToken) =>
        {
            if (!await ListAsync(pipeline, list(connection, Query(@namespace), cancellationToken), isWanted, write).ConfigureAwait(false) && !AllNamespaces)
                await RequireNamespaceAsync(connection, @namespace, cancellationToken).ConfigureAwait(false);
        });
    }

    /// <summary>Writes the objects of a list. Returns whether the list contained any, wanted or not.</summary>
    private static async Task<bool> ListAsync<T>(PipelineThread pipeline, IAsyncEnumerable<T> list, Func<T, bool> isWanted, Action<T> write)
    {
        var hasAny = false;
        await foreach (var found in list.ConfigureAwait(false))
        {
            hasAny = true;
            if (isWanted(found))
                await pipeline.InvokeAsync(() => write(found)).ConfigureAwait(false);
        }

        return hasAny;
    }
}
