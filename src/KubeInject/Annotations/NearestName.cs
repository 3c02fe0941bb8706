namespace KubeInject.Annotations;

/// <summary>Finds the known name that a misspelt one most likely stands for.</summary>
internal static class NearestName
{
    /// <summary>The nearest of the known names; null where none is near. Of two equally near, the one that begins alike.</summary>
    public static string? Of(string typed, IReadOnlyList<string> known)
    {
        string? nearest = null;
        var nearestDistance = int.MaxValue;
        foreach (var name in known)
        {
            // A third of the letters may be wrong. It also keeps the work bounded, however long the typed name is.
            var limit = Math.Max(1, name.Length / 3);
            if (Math.Abs(name.Length - typed.Length) > limit)
                continue;
            var distance = Distance(typed, name);
            if (distance > limit || distance > nearestDistance)
                continue;
            if (distance < nearestDistance || CommonPrefix(typed, name) > CommonPrefix(typed, nearest!))
                (nearest, nearestDistance) = (name, distance);
        }

        return nearest;
    }

    /// <summary>The one known name that is a letter or two away; null where there is none, or no other is further away.</summary>
    public static string? Certain(string typed, IReadOnlyList<string> known)
    {
        var nearest = Of(typed, known);
        if (nearest is null)
            return null;
        var distance = Distance(typed, nearest);
        return distance <= 2 && known.Count(name => Math.Abs(name.Length - typed.Length) <= distance && Distance(typed, name) <= distance) == 1
            ? nearest
            : null;
    }

    /// <summary>Damerau-Levenshtein distance (optimal string alignment), without regard to case.</summary>
    internal static int Distance(string left, string right)
    {
        var beforeLast = new int[right.Length + 1];
        var last = new int[right.Length + 1];
        var current = new int[right.Length + 1];
        for (var j = 0; j <= right.Length; j++)
            last[j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var replacement = last[j - 1] + (Same(left[i - 1], right[j - 1]) ? 0 : 1);
                current[j] = Math.Min(replacement, Math.Min(last[j], current[j - 1]) + 1);
                if (i > 1 && j > 1 && Same(left[i - 1], right[j - 2]) && Same(left[i - 2], right[j - 1]))
                    current[j] = Math.Min(current[j], beforeLast[j - 2] + 1);
            }

            (beforeLast, last, current) = (last, current, beforeLast);
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
