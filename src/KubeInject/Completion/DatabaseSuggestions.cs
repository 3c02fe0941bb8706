using System.Runtime.CompilerServices;
using KubeInject.Annotations;

namespace KubeInject.Completion;

/// <summary>Makes suggestions of what pods ask for. Templates are none of them: a password may stand in one.</summary>
public static class DatabaseSuggestions
{
    /// <summary>The pods' own names for the connections.</summary>
    /// <param name="databases">What pods ask for.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    /// <returns>The names, each once.</returns>
    public static IAsyncEnumerable<Suggestion> NamesAsync(this IAsyncEnumerable<DatabaseInjection> databases, CancellationToken cancellationToken = default) =>
        databases.ValuesAsync(database => [database.Name], cancellationToken);

    /// <summary>Something else that is said of the databases.</summary>
    /// <param name="databases">What pods ask for.</param>
    /// <param name="select">What of it; what is null or empty does not count.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    /// <returns>The values, each once.</returns>
    public static async IAsyncEnumerable<Suggestion> ValuesAsync(
        this IAsyncEnumerable<DatabaseInjection> databases, Func<DatabaseInjection, IEnumerable<string?>> select, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(databases);
        ArgumentNullException.ThrowIfNull(select);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var database in databases.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            foreach (var value in select(database))
            {
                if (!string.IsNullOrEmpty(value) && seen.Add(value))
                    yield return new Suggestion(value, $"{database}");
            }
        }
    }
}
