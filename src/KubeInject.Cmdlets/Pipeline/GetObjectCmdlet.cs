using System.Management.Automation;
using KubeInject.Kubernetes;

namespace KubeInject.Cmdlets;

/// <summary>A cmdlet that gets the objects of a kind: by name, by wildcard, or all there are.</summary>
/// <remarks>Not generic: PowerShell loads the cmdlets' types, and with them what they are made of, before it says that the module is imported.</remarks>
public abstract class GetObjectCmdlet : NamespacedCmdlet
{
    /// <summary>The names.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "Names; with wildcards, those that match. Default: all.")]
    [ArgumentCompleter(typeof(ObjectNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    /// <summary>What alone the cmdlet looks for in a list, as a field selector; null for everything.</summary>
    private protected virtual string? OnlyField => null;

    /// <summary>Gets what the parameters ask for.</summary>
    private protected void Get<T>(
        Func<KubeConnection, string, CancellationToken, Task<T>> get,
        Func<KubeConnection, KubeQuery, CancellationToken, IAsyncEnumerable<T>> list,
        Func<T, string> nameOf,
        Action<T> write)
    {
        var connection = RequireConnection();
        var exact = Name?.Where(name => !WildcardPattern.ContainsWildcardCharacters(name)).ToList() ?? [];
        var patterns = Name?.Except(exact).Select(Wildcards.Pattern).ToList();
        var canGet = !AllNamespaces && LabelSelector is null && FieldSelector is null;
        foreach (var name in exact)
        {
            Run(name, async (pipeline, cancellationToken) =>
            {
                if (!canGet)
                {
                    await ListAsync(pipeline, list(connection, Query(OnlyField, FieldOfName(name)), cancellationToken), _ => true, write).ConfigureAwait(false);
                    return;
                }

                var found = await get(connection, name, cancellationToken).ConfigureAwait(false);
                await pipeline.InvokeAsync(() => write(found)).ConfigureAwait(false);
            });
        }

        if (patterns is null or { Count: > 0 })
        {
            Run(Namespace, (pipeline, cancellationToken) => ListAsync(
                pipeline, list(connection, Query(OnlyField), cancellationToken), found => patterns?.Exists(pattern => pattern.IsMatch(nameOf(found))) ?? true, write));
        }
    }

    private static async Task ListAsync<T>(PipelineThread pipeline, IAsyncEnumerable<T> list, Func<T, bool> isWanted, Action<T> write)
    {
        await foreach (var found in list.ConfigureAwait(false))
        {
            if (isWanted(found))
                await pipeline.InvokeAsync(() => write(found)).ConfigureAwait(false);
        }
    }
}
