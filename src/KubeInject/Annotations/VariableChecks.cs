using System.Globalization;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Annotations;

/// <summary>Checks the variables of all databases of a pod against each other and against its containers.</summary>
internal static class VariableChecks
{
    /// <summary>Returns the variables of all databases, in order. A variable that is requested several times is returned several times.</summary>
    public static List<RequestedVariable> Requested(DatabaseInjection[] databases)
    {
        var requested = new List<RequestedVariable>(2 * databases.Length);
        foreach (var database in databases)
        {
            Add(database, DatabaseSetting.UsernameVariables, database.UsernameVariables, requested);
            Add(database, DatabaseSetting.PasswordVariables, database.PasswordVariables, requested);
            Add(database, DatabaseSetting.UriVariables, database.UriVariables, requested);
        }

        return requested;
    }

    public static void ReportDuplicates(List<RequestedVariable> variables, InjectionKeys keys, IReadOnlyList<PodContainer> containers, FindingList findings)
    {
        var firstByName = new Dictionary<string, RequestedVariable>(variables.Count, StringComparer.Ordinal);
        HashSet<string>? usedNames = null;
        foreach (var requested in variables)
        {
            if (firstByName.TryAdd(requested.Name, requested))
                continue;
            usedNames ??= [.. variables.Select(other => other.Name), .. containers.SelectMany(container => container.Variables)];
            var first = firstByName[requested.Name];
            if (first.Database == requested.Database && first.Setting == requested.Setting)
                ReportTwice(requested, keys, findings);
            else if (first.Database != requested.Database && IsByDefault(requested, keys))
                ReportDefault(requested, first, IsByDefault(first, keys), usedNames, findings);
            else
                findings.Error(
                    FindingCode.DuplicateVariable,
                    requested.Key,
                    $"Variable {Redaction.Value(requested.Name)} of {Redaction.Key(requested.Key)} is already used by {Redaction.Key(first.Key)}.",
                    $"Set {Redaction.Key(requested.Key)} to another variable.");
        }
    }

    private static void ReportTwice(RequestedVariable requested, InjectionKeys keys, FindingList findings)
    {
        var names = TextOf(requested, keys)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        findings.Error(
            FindingCode.DuplicateVariable,
            requested.Key,
            $"Annotation {Redaction.Key(requested.Key)} names the variable {Redaction.Value(requested.Name)} twice.",
            "Remove the duplicate name.",
            Fixes.Set(requested.Key, string.Join(',', names.Distinct(StringComparer.Ordinal))));
    }

    private static void ReportDefault(RequestedVariable requested, RequestedVariable first, bool isFirstByDefault, HashSet<string> usedNames, FindingList findings)
    {
        var variable = NameFor(requested.Database, requested.Name, usedNames);
        findings.Error(
            FindingCode.DuplicateVariable,
            requested.Key,
            $"Database {Redaction.Key(requested.Database)} gets the variable {requested.Name} by default, but database {Redaction.Key(first.Database)} {(isFirstByDefault ? "also gets it by default" : "already uses it")}.",
            $"Set {Redaction.Key(requested.Key)} to another variable, for example '{variable}'.",
            Fixes.Set(requested.Key, variable));
    }

    /// <summary>Returns an unused variable name for the database, such as ORDERS_DBUSER.</summary>
    private static string NameFor(string database, string byDefault, HashSet<string> usedNames)
    {
        var prefix = string.Concat(database.Select(character => char.IsAsciiLetterOrDigit(character) ? char.ToUpperInvariant(character) : '_'));
        var wanted = $"{(char.IsAsciiDigit(prefix[0]) ? "_" : "")}{prefix}_{byDefault}";
        var name = wanted;
        for (var i = 2; !usedNames.Add(name); i++)
            name = string.Create(CultureInfo.InvariantCulture, $"{wanted}_{i}");
        return name;
    }

    private static bool IsByDefault(RequestedVariable requested, InjectionKeys keys) =>
        TextOf(requested, keys)?.Contains(requested.Name, StringComparison.Ordinal) != true;

    private static string? TextOf(RequestedVariable requested, InjectionKeys keys) =>
        keys.Database(requested.Database).Text(requested.Setting);

    public static void ReportReplaced(List<RequestedVariable> variables, IReadOnlyList<PodContainer> containers, FindingList findings)
    {
        if (containers.Count == 0)
            return;
        var declaredBy = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var requested = variables.DistinctBy(variable => variable.Name, StringComparer.Ordinal).ToList();
        foreach (var variable in requested)
            declaredBy.Add(variable.Name, []);
        foreach (var container in containers)
        {
            foreach (var variable in container.Variables.Distinct(StringComparer.Ordinal))
            {
                if (declaredBy.TryGetValue(variable, out var names))
                    names.Add(NameOf(container));
            }
        }

        foreach (var variable in requested.Where(variable => declaredBy[variable.Name].Count > 0))
            findings.Warning(
                FindingCode.ReplacedVariable,
                variable.Key,
                $"Variable {Redaction.Value(variable.Name)} is already declared in {string.Join(", ", declaredBy[variable.Name])}, and its value is replaced.",
                $"Remove the variable from the container, or set {Redaction.Key(variable.Key)} to another variable.");
    }

    /// <summary>Reports a variable with a placeholder of the in-cluster injector, and returns whether there is one.</summary>
    public static bool ReportPlaceholders(List<RequestedVariable> variables, IReadOnlyList<PodContainer> containers, FindingList findings)
    {
        if (containers.All(container => container.PlaceholderVariables.Count == 0))
            return false;
        var placeholders = containers.SelectMany(container => container.PlaceholderVariables).ToHashSet(StringComparer.Ordinal);
        if (!variables.Exists(variable => placeholders.Contains(variable.Name)))
            return false;
        var first = variables.Find(variable => placeholders.Contains(variable.Name));
        findings.Information(
            FindingCode.NriPlaceholders,
            first.Key,
            $"Variable {Redaction.Value(first.Name)} is a placeholder of the in-cluster injector, whose NRI plugin replaces it with the credential when the container is created.",
            "You do not have to do anything: KubeInject does not change the pod.");
        return true;
    }

    /// <summary>Reports requested variables that no container of a pod with a UUID has, and returns whether there are any.</summary>
    /// <remarks>Not every container has to have them, because other webhooks add containers after the injection.</remarks>
    public static bool ReportMissing(List<RequestedVariable> variables, InjectionKeys keys, IReadOnlyList<PodContainer> containers, FindingList findings)
    {
        if (containers.Count == 0 || containers.Any(container => container.VariableSources.Any(source => source.Keys is null)))
            return false;
        var declared = containers.SelectMany(container => container.Variables)
            .Concat(containers.SelectMany(container => container.VariableSources).SelectMany(source => source.Keys!.Select(key => source.Prefix + key)))
            .ToHashSet(StringComparer.Ordinal);
        var missing = variables.Select(variable => variable.Name).Where(name => !declared.Contains(name)).Distinct(StringComparer.Ordinal).ToList();
        if (missing.Count == 0)
            return false;
        findings.Warning(
            FindingCode.MissingVariables,
            UuidReader.KeyOf(keys),
            $"The pod has a UUID, as if it were injected, but no container has {(missing.Count == 1 ? "the variable" : "the variables")} {string.Join(", ", missing.Select(Redaction.Value))}.",
            "Inject the pod again: KubeInject then adds the variables and writes a new UUID.");
        return true;
    }

    /// <summary>Reports variables that hide a variable of a ConfigMap or Secret (envFrom) with known keys.</summary>
    public static void ReportShadowed(List<RequestedVariable> variables, IReadOnlyList<PodContainer> containers, FindingList findings)
    {
        if (containers.All(container => container.VariableSources.All(source => source.Keys is null)))
            return;
        foreach (var variable in variables.DistinctBy(variable => variable.Name, StringComparer.Ordinal))
        {
            // A variable that the container declares already hides them, and is reported as replaced.
            var hidden = from container in containers
                         where !container.Variables.Contains(variable.Name)
                         let source = container.VariableSources.LastOrDefault(source => source.Keys?.Any(name => source.Prefix + name == variable.Name) == true)
                         where source is not null
                         select $"{source.Kind} {Redaction.Key(source.Name)} in {NameOf(container)}";
            if (hidden.ToList() is { Count: > 0 } sources)
                findings.Warning(
                    FindingCode.ShadowedVariable,
                    variable.Key,
                    $"Variable {Redaction.Value(variable.Name)} hides the variable with that name that envFrom reads from {string.Join(", ", sources)}.",
                    $"Remove the key from the ConfigMap or Secret, or set {Redaction.Key(variable.Key)} to another variable.");
        }
    }

    /// <summary>Reports references that the kubelet does not replace, because the variable with the reference is set first.</summary>
    public static void ReportUnresolved(DatabaseInjection[] databases, IReadOnlyList<PodContainer> containers, FindingList findings)
    {
        if (containers.All(container => container.DependentVariables.Count == 0) && Array.TrueForAll(databases, database => database.RawTemplate is null))
            return;
        var variables = databases.SelectMany(VariableOrder.VariablesOf).DistinctBy(variable => variable.Name, StringComparer.Ordinal).ToList();
        foreach (var container in containers)
        {
            foreach (var (name, reference) in new VariableOrder(container, variables).Unresolved())
                findings.Warning(
                    FindingCode.UnresolvedReference,
                    name,
                    $"Variable {Redaction.Value(name)} in {NameOf(container)} refers to {Redaction.Value(reference)}, which is set after it, so the kubelet does not replace the reference.",
                    name == reference ? "Remove the reference." : $"Declare {Redaction.Value(name)} after {Redaction.Value(reference)}.");
        }
    }

    private static string NameOf(PodContainer container) => $"{(container.IsInit ? "init container" : "container")} {Redaction.Key(container.Name)}";

    private static void Add(DatabaseInjection database, string setting, IReadOnlyList<string> names, List<RequestedVariable> requested)
    {
        for (var i = 0; i < names.Count; i++)
            requested.Add(new RequestedVariable(names[i], database.Name, setting));
    }

    /// <summary>A requested variable, with its database and setting.</summary>
    internal readonly record struct RequestedVariable(string Name, string Database, string Setting)
    {
        /// <summary>The key of the annotation. The annotation can be missing if the variable is the default.</summary>
        public string Key => InjectionAnnotation.ForDatabase(Database, Setting);
    }
}
