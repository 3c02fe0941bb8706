using System.Runtime.CompilerServices;
using KubeInject.Annotations;

namespace KubeInject.Completion;

/// <summary>Suggestions from the databases that pods request. Templates are not suggested, because they may contain passwords.</summary>
internal static class DatabaseSuggestions
{
    /// <summary>Gets the names of the databases in the annotations.</summary>
    /// <param name="databases">The requested databases.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    /// <returns>The names, without duplicates.</returns>
    public static IAsyncEnumerable<Suggestion> NamesAsync(this IAsyncEnumerable<DatabaseInjection> databases, CancellationToken cancellationToken = default) =>
        databases.ValuesAsync(database => [database.Name], cancellationToken);

    /// <summary>Appends the suggestions of another query, for example of a cluster.</summary>
    /// <param name="first">The first suggestions.</param>
    /// <param name="second">The other query; null for none.</param>
    /// <param name="cancellationToken">Stops the requests.</param>
    /// <returns>The suggestions.</returns>
    public static async IAsyncEnumerable<Suggestion> FollowedBy(
        this IAsyncEnumerable<Suggestion> first, Func<CancellationToken, IAsyncEnumerable<Suggestion>>? second, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var suggestion in first.WithCancellation(cancellationToken).ConfigureAwait(false))
            yield return suggestion;
        if (second is null)
            yield break;
        await foreach (var suggestion in second(cancellationToken).ConfigureAwait(false))
            yield return suggestion;
    }

    /// <summary>Gets values of the databases.</summary>
    /// <param name="databases">The requested databases.</param>
    /// <param name="select">The function that selects the values. Null and empty values are ignored.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    /// <returns>The values, without duplicates.</returns>
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
