namespace KubeInject;

/// <summary>
/// Counts the nodes of a YAML document, those that aliases repeat included. Aliases of aliases can expand a few lines to
/// billions of nodes.
/// </summary>
/// <remarks>The limits are those of go-yaml, which kubectl uses.</remarks>
internal sealed class AliasBudget
{
    // Any ratio is accepted below these counts.
    private const double SmallestRepeated = 100;
    private const double SmallestTotal = 1_000;

    // The accepted share of repeated nodes decreases between these totals.
    private const double HighestRatio = 0.99;
    private const double LowestRatio = 0.10;
    private const double TotalOfHighestRatio = 400_000;
    private const double TotalOfLowestRatio = 4_000_000;

    // Doubles, because the counts have no upper bound.
    private double written;
    private double repeated;

    /// <summary>The number of nodes so far, repeated nodes included. The size of a node is the increase while it is read.</summary>
    public double Total => written + repeated;

    /// <summary>Counts a written node.</summary>
    public void Add() => written++;

    /// <summary>Counts the nodes that an alias repeats.</summary>
    /// <param name="size">The size of the repeated node.</param>
    /// <returns>The error, in one sentence; null if the document is within the limits.</returns>
    public string? Repeat(double size)
    {
        repeated += size;
        return repeated > SmallestRepeated && Total > SmallestTotal && repeated / Total > AcceptedRatio(Total)
            ? FormattableString.Invariant($"Up to this alias, {written:N0} nodes of this document expand to {Math.Min(Total, 1e15):N0}, which is too many. Use fewer aliases, or write the content out.")
            : null;
    }

    private static double AcceptedRatio(double total) => total switch
    {
        <= TotalOfHighestRatio => HighestRatio,
        >= TotalOfLowestRatio => LowestRatio,
        _ => HighestRatio - ((HighestRatio - LowestRatio) * (total - TotalOfHighestRatio) / (TotalOfLowestRatio - TotalOfHighestRatio)),
    };
}
