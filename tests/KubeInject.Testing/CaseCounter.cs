namespace KubeInject.Testing;

/// <summary>Counts the kinds of cases that a random test has reached, so that the test can require them.</summary>
public sealed class CaseCounter
{
    private readonly SortedDictionary<string, int> counts = new(StringComparer.Ordinal);

    /// <summary>Counts one case of each kind.</summary>
    public void Count(params string[] kinds)
    {
        foreach (var kind in kinds)
            counts[kind] = counts.GetValueOrDefault(kind) + 1;
    }

    /// <summary>Fails unless each kind has enough cases.</summary>
    /// <param name="least">The required number.</param>
    /// <param name="kinds">The kinds.</param>
    /// <exception cref="InvalidOperationException">There were too few; the message has all counts.</exception>
    public void Require(int least, params string[] kinds)
    {
        if (kinds.Any(kind => counts.GetValueOrDefault(kind) < least))
            throw new InvalidOperationException($"Expected at least {least} cases of each of {string.Join(", ", kinds)}. There were: {this}. {TestSeed.Hint}");
    }

    /// <summary>All counts.</summary>
    public override string ToString() => string.Join(", ", counts.Select(pair => $"{pair.Key} {pair.Value}"));
}
