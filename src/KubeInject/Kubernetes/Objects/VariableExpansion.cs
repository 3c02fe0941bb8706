namespace KubeInject.Kubernetes.Objects;

/// <summary>Reads values in which the kubelet replaces <c>$(NAME)</c> with the value of another variable, and <c>$$</c> with a dollar sign.</summary>
internal static class VariableExpansion
{
    /// <summary>Returns the names of the variables that a value refers to, each once, in order.</summary>
    public static IReadOnlyList<string> ReferencesIn(string? value)
    {
        if (value is null || !value.Contains("$(", StringComparison.Ordinal))
            return [];
        var names = new List<string>();
        for (var i = 0; i + 1 < value.Length; i++)
        {
            if (value[i] != '$')
                continue;
            if (value[i + 1] == '(' && value.IndexOf(')', i) is var end and >= 0)
            {
                var name = value[(i + 2)..end];
                if (!names.Contains(name))
                    names.Add(name);
                i = end;
            }
            else if (value[i + 1] == '$')
            {
                i++;
            }
        }

        return names;
    }
}
