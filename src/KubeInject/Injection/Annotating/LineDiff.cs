namespace KubeInject.Injection.Annotating;

/// <summary>Removed and added lines at one position.</summary>
/// <param name="Start">The index of the first removed line, or of the line before which lines were added.</param>
/// <param name="NewStart">The corresponding index in the new text.</param>
/// <param name="Removed">The removed lines.</param>
/// <param name="Added">The added lines.</param>
internal sealed record LineChange(int Start, int NewStart, IReadOnlyList<string> Removed, IReadOnlyList<string> Added);

/// <summary>Computes the smallest line difference between two texts.</summary>
/// <remarks>The greedy algorithm of E. W. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986).</remarks>
internal static class LineDiff
{
    /// <summary>Returns the differences, in order.</summary>
    public static IReadOnlyList<LineChange> Between(string[] before, string[] after)
    {
        var head = 0;
        while (head < before.Length && head < after.Length && before[head] == after[head])
            head++;
        var tail = 0;
        while (tail < before.Length - head && tail < after.Length - head && before[^(tail + 1)] == after[^(tail + 1)])
            tail++;

        var changes = new List<LineChange>();
        var (x, y) = (head, head);
        foreach (var (matchX, matchY) in Matches(before.AsSpan(head, before.Length - head - tail), after.AsSpan(head, after.Length - head - tail))
            .Select(match => (match.X + head, match.Y + head))
            .Append((before.Length - tail, after.Length - tail)))
        {
            if (matchX > x || matchY > y)
                changes.Add(new LineChange(x, y, before[x..matchX], after[y..matchY]));
            (x, y) = (matchX + 1, matchY + 1);
        }

        return changes;
    }

    // The pairs of unchanged lines.
    private static List<(int X, int Y)> Matches(ReadOnlySpan<string> before, ReadOnlySpan<string> after)
    {
        var most = before.Length + after.Length;
        var furthest = new int[(2 * most) + 2];
        var trace = new List<int[]>();
        for (var d = 0; d <= most; d++)
        {
            // The furthest position on each diagonal that d steps can reach.
            trace.Add(furthest[(most - d)..(most + d + 2)]);
            for (var k = -d; k <= d; k += 2)
            {
                var x = IsDown(furthest, most, k, d) ? furthest[most + k + 1] : furthest[most + k - 1] + 1;
                var y = x - k;
                while (x < before.Length && y < after.Length && before[x] == after[y])
                    (x, y) = (x + 1, y + 1);
                furthest[most + k] = x;
                if (x >= before.Length && y >= after.Length)
                    return Back(trace, before.Length, after.Length);
            }
        }

        return [];
    }

    private static List<(int X, int Y)> Back(List<int[]> trace, int x, int y)
    {
        var matches = new List<(int, int)>();
        for (var d = trace.Count - 1; d >= 0; d--)
        {
            var furthest = trace[d];
            var k = x - y;
            var from = IsDown(furthest, d, k, d) ? k + 1 : k - 1;
            var fromX = d == 0 ? 0 : furthest[d + from];
            var fromY = d == 0 ? 0 : fromX - from;
            while (x > fromX && y > fromY && x > 0 && y > 0)
                matches.Add((--x, --y));
            (x, y) = (fromX, fromY);
        }

        matches.Reverse();
        return matches;
    }

    private static bool IsDown(int[] furthest, int middle, int k, int d) =>
        k == -d || (k != d && furthest[middle + k - 1] < furthest[middle + k + 1]);
}
