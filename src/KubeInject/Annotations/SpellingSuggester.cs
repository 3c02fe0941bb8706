namespace KubeInject.Annotations;

/// <summary>Finds the known name that is most similar to a misspelled name.</summary>
internal static class SpellingSuggester
{
    /// <summary>Returns the most similar known name. Null if none is similar. If two are equally similar, the longer common prefix decides.</summary>
    public static string? Of(string typed, IReadOnlyList<string> known)
    {
        string? nearest = null;
        var nearestDistance = int.MaxValue;
        foreach (var name in known)
        {
            // At most a third of the letters can be wrong. The limit also bounds the work for long names.
            var limit = Math.Max(1, name.Length / 3);
            var distance = Distance(typed, name, limit);
            if (distance > limit || distance > nearestDistance)
                continue;
            if (distance < nearestDistance || CommonPrefix(typed, name) > CommonPrefix(typed, nearest!))
                (nearest, nearestDistance) = (name, distance);
        }

        return nearest;
    }

    /// <summary>Returns the only known name with a distance of one or two. Null if there is none, or if several have this distance.</summary>
    public static string? Certain(string typed, IReadOnlyList<string> known)
    {
        var nearest = Of(typed, known);
        if (nearest is null)
            return null;
        var distance = Distance(typed, nearest, 2);
        return distance <= 2 && known.Count(name => Distance(typed, name, distance) <= distance) == 1
            ? nearest
            : null;
    }

    /// <summary>
    /// Returns the Damerau-Levenshtein distance (optimal string alignment), ignoring case. The computation stops early if the
    /// distance exceeds the limit.
    /// </summary>
    /// <param name="left">The first text.</param>
    /// <param name="right">The second text.</param>
    /// <param name="limit">The maximum distance of interest.</param>
    /// <returns>The distance. If it exceeds the limit, any number above the limit.</returns>
    internal static int Distance(ReadOnlySpan<char> left, ReadOnlySpan<char> right, int limit)
    {
        if (Math.Abs(left.Length - right.Length) > limit)
            return limit + 1;
        var width = right.Length + 1;
        Span<int> rows = width <= 64 ? stackalloc int[3 * width] : new int[3 * width];
        var beforeLast = rows[..width];
        var last = rows[width..(2 * width)];
        var current = rows[(2 * width)..];
        for (var j = 0; j < width; j++)
            last[j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            // Cells that are further from the diagonal than the limit exceed it.
            var (first, end) = (Math.Max(1, i - limit), Math.Min(right.Length, i + limit));
            var nearest = current[first - 1] = first == 1 ? i : limit + 1;
            for (var j = first; j <= end; j++)
            {
                var replacement = last[j - 1] + (Same(left[i - 1], right[j - 1]) ? 0 : 1);
                var insertion = current[j - 1] + 1;
                var deletion = j == i + limit ? limit + 1 : last[j] + 1;
                current[j] = Math.Min(replacement, Math.Min(insertion, deletion));
                if (i > 1 && j > 1 && Same(left[i - 1], right[j - 2]) && Same(left[i - 2], right[j - 1]))
                    current[j] = Math.Min(current[j], beforeLast[j - 2] + 1);
                nearest = Math.Min(nearest, current[j]);
            }

            if (nearest > limit)
                return nearest;
            var unused = beforeLast;
            beforeLast = last;
            last = current;
            current = unused;
        }

        return last[right.Length];
    }

    private static int CommonPrefix(string left, string right)
    {
        var length = 0;
        while (length < left.Length && length < right.Length && Same(left[length], right[length]))
            length++;
        return length;
    }

    private static bool Same(char left, char right) => char.ToLowerInvariant(left) == char.ToLowerInvariant(right);
}
