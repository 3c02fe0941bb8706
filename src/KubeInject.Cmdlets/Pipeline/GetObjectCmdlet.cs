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

    /// <summary>An additional field selector for lists; null (default) for no restriction.</summary>
    private protected virtual string? OnlyField => null;

    /// <summary>Gets the objects that the parameters select, and writes them.</summary>
    private protected void Get<T>(
        KubeResource resource,
        Func<KubeConnection, ObjectReference, CancellationToken, Task<T>> get,
        Func<KubeConnection, KubeQuery, CancellationToken, IAsyncEnumerable<T>> list,
        Func<T, string> nameOf,
        Action<T> write)
    {
        var connection = RequireConnection();
        var names = Name?.Select(name => ReadName(name, resource)).OfType<ObjectReference>().ToList();
        var exact = names?.Where(name => !WildcardPattern.ContainsWildcardCharacters(name.Name)).ToList() ?? [];
        var canGet = !AllNamespaces && LabelSelector is null && FieldSelector is null;
        foreach (var name in exact)
        {
            Run(name.Name, async (pipeline, cancellationToken) =>
            {
                if (!canGet)
                {
                    await ListAsync(pipeline, list(connection, QueryIn(name.Namespace, OnlyField, FieldOfName(name.Name)), cancellationToken), _ => true, write).ConfigureAwait(false);
                    return;
                }

                var found = await get(connection, name, cancellationToken).ConfigureAwait(false);
                await pipeline.InvokeAsync(() => write(found)).ConfigureAwait(false);
            });
        }

        // Without names, one list of all objects. Otherwise, one list for each namespace that contains names with wildcards.
        var lists = names?.Except(exact).ToLookup(name => name.Namespace, name => Wildcards.Pattern(name.Name));
        if (lists is null)
            List(Namespace, _ => true);
        foreach (var patterns in lists ?? Enumerable.Empty<IGrouping<string?, WildcardPattern>>())
            List(patterns.Key, found => patterns.Any(pattern => pattern.IsMatch(nameOf(found))));

        void List(string? @namespace, Func<T, bool> isWanted) => Run(@namespace, (pipeline, cancellationToken) =>
            ListAsync(pipeline, list(connection, QueryIn(@namespace, OnlyField), cancellationToken), isWanted, write));
    }

    /// <summary>Reads the name of an object. Writes an error and returns null if it is not valid.</summary>
    private ObjectReference? ReadName(string text, KubeResource resource)
    {
        try
        {
            return Within(Namespace, ObjectName.Parse(text, resource), text) is var name && name.Namespace is null ? name with { Namespace = Namespace } : name;
        }
        catch (FormatException exception)
        {
            WriteError(Errors.InvalidName(exception, text));
            return null;
        }
    }

    /// <summary>The query of the parameters. The namespace in a name restricts it, also with -AllNamespaces.</summary>
    private KubeQuery QueryIn(string? @namespace, params string?[] fields) =>
        @namespace is null ? Query(fields) : Query(fields) with { Namespace = @namespace, AllNamespaces = false };

    private static async Task ListAsync<T>(PipelineThread pipeline, IAsyncEnumerable<T> list, Func<T, bool> isWanted, Action<T> write)
    {
        await foreach (var found in list.ConfigureAwait(false))
        {
            if (isWanted(found))
                await pipeline.InvokeAsync(() => write(found)).ConfigureAwait(false);
        }
    }
}
