using KubeInject.Kubernetes;

namespace KubeInject.Annotations;

/// <summary>Checks the variables of all databases of a pod against each other and against its containers.</summary>
internal static class VariableChecks
{
    public static void ReportDuplicates(IEnumerable<DatabaseInjection> databases, FindingList findings)
    {
        var takenBy = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (variable, key) in Asked(databases))
        {
            if (takenBy.TryAdd(variable, key))
                continue;
            var first = takenBy[variable];
            findings.Error(
                FindingCode.DuplicateVariable,
                key,
                first == key
                    ? $"Annotation {Quoted.Key(key)} names the variable {Quoted.Value(variable)} twice."
                    : $"Variable {Quoted.Value(variable)} of {Quoted.Key(key)} is taken by {Quoted.Key(first)} already.",
                first == key ? "Name it once." : $"Set {Quoted.Key(key)} to a variable of its own.");
        }
    }

    public static void ReportReplaced(IEnumerable<DatabaseInjection> databases, IReadOnlyList<PodContainer> containers, FindingList findings)
    {
        var declaredBy = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var asked = Asked(databases).DistinctBy(pair => pair.Variable, StringComparer.Ordinal).ToList();
        foreach (var (variable, _) in asked)
            declaredBy.Add(variable, []);
        foreach (var container in containers)
        {
            foreach (var variable in container.Variables.Distinct(StringComparer.Ordinal))
            {
                if (declaredBy.TryGetValue(variable, out var names))
                    names.Add($"{(container.IsInit ? "init container" : "container")} {Quoted.Key(container.Name)}");
            }
        }

        foreach (var (variable, key) in asked.Where(pair => declaredBy[pair.Variable].Count > 0))
            findings.Warning(
                FindingCode.ReplacedVariable,
                key,
                $"Variable {Quoted.Value(variable)} is replaced in {string.Join(", ", declaredBy[variable])}, where it is declared already.",
                $"Remove it there, or set {Quoted.Key(key)} to another variable.");
    }

    /// <summary>Every variable with the key that asks for it, or that would if it were not the default.</summary>
    private static IEnumerable<(string Variable, string Key)> Asked(IEnumerable<DatabaseInjection> databases) =>
        databases.SelectMany(database =>
            Asked(database, DatabaseSetting.UsernameVariables, database.UsernameVariables)
                .Concat(Asked(database, DatabaseSetting.PasswordVariables, database.PasswordVariables))
                .Concat(Asked(database, DatabaseSetting.UriVariables, database.UriVariables)));

    private static IEnumerable<(string Variable, string Key)> Asked(DatabaseInjection database, string setting, IReadOnlyList<string> variables)
    {
        var key = InjectionAnnotation.ForDatabase(database.Name, setting);
        return variables.Select(variable => (variable, key));
    }
}
