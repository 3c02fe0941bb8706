using KubeInject.Kubernetes.Objects;

namespace KubeInject.Annotations;

/// <summary>
/// Finds the positions at which new variables are inserted into the variables of a container, so that the kubelet can replace
/// the references between them. It replaces <c>$(NAME)</c> only if the variable is set before.
/// </summary>
internal sealed class VariableOrder
{
    private readonly PodContainer container;
    private readonly IReadOnlyList<NewVariable> variables;
    private readonly int[] declaredAt;
    private readonly int[] position;

    /// <param name="container">The container.</param>
    /// <param name="variables">The new variables. A variable that the container declares is replaced at its position.</param>
    public VariableOrder(PodContainer container, IReadOnlyList<NewVariable> variables)
    {
        this.container = container;
        this.variables = variables;
        declaredAt = [.. variables.Select(variable => Declared(variable.Name))];
        position = [.. variables.Select((variable, index) => declaredAt[index] >= 0 ? declaredAt[index] : FirstReferenceTo(variable.Name))];
        Propagate();
        Inserted = [.. Sorted()];
    }

    /// <summary>
    /// The variables to insert, in order, each with the index of the declared variable that it is inserted before, which is the
    /// number of declared variables if it is inserted at the end.
    /// </summary>
    public IReadOnlyList<(NewVariable Variable, int Before)> Inserted { get; }

    /// <summary>The variables with a reference that stays as it is, because the other variable is set later, with the name of that variable.</summary>
    public IEnumerable<(string Name, string Reference)> Unresolved()
    {
        var order = Final();
        var firstAt = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var at = 0; at < order.Count; at++)
            firstAt.TryAdd(order[at].Name, at);
        for (var at = 0; at < order.Count; at++)
        {
            foreach (var reference in order[at].References)
            {
                // A variable that is set nowhere can come from envFrom.
                if ((IsNew(order[at].Name) || IsNew(reference)) && firstAt.GetValueOrDefault(reference, -1) >= at)
                    yield return (order[at].Name, reference);
            }
        }
    }

    /// <summary>Returns the variables that get the credentials of a database.</summary>
    public static IEnumerable<NewVariable> VariablesOf(DatabaseInjection database)
    {
        var references = VariableExpansion.ReferencesIn(database.RawTemplate);
        return
        [
            .. database.UsernameVariables.Concat(database.PasswordVariables).Select(name => new NewVariable(name, [])),
            .. database.UriVariables.Select(name => new NewVariable(name, references)),
        ];
    }

    private List<NewVariable> Final()
    {
        var order = new List<NewVariable>();
        var inserted = Inserted.ToLookup(variable => variable.Before, variable => variable.Variable);
        var references = container.DependentVariables.ToDictionary(dependent => dependent.Index, dependent => dependent.References);
        for (var index = 0; index <= container.Variables.Count; index++)
        {
            order.AddRange(inserted[index]);
            if (index < container.Variables.Count)
                order.Add(variables.FirstOrDefault(variable => variable.Name == container.Variables[index])
                    ?? new NewVariable(container.Variables[index], references.GetValueOrDefault(index, [])));
        }

        return order;
    }

    // Variables at the same position keep their order, but each follows the variables that it refers to.
    private IEnumerable<(NewVariable, int)> Sorted()
    {
        var open = Enumerable.Range(0, variables.Count).Where(index => declaredAt[index] < 0).OrderBy(index => position[index]).ToList();
        while (open.Count > 0)
        {
            var first = open.FindIndex(index => position[index] == position[open[0]] && !variables[index].References.Any(reference => IsOpen(reference, index)));
            var next = open[Math.Max(first, 0)];
            open.Remove(next);
            yield return (variables[next], position[next]);
        }

        bool IsOpen(string name, int except) => open.Exists(index => index != except && position[index] == position[open[0]] && variables[index].Name == name);
    }

    // A variable is also set before the new variables that refer to it.
    private void Propagate()
    {
        for (var round = 0; round < variables.Count; round++)
        {
            for (var index = 0; index < variables.Count; index++)
            {
                foreach (var reference in variables[index].References)
                {
                    for (var other = 0; other < variables.Count; other++)
                    {
                        if (declaredAt[other] < 0 && variables[other].Name == reference)
                            position[other] = Math.Min(position[other], position[index]);
                    }
                }
            }
        }
    }

    private int FirstReferenceTo(string name) =>
        container.DependentVariables.FirstOrDefault(dependent => dependent.References.Contains(name) && !IsNew(container.Variables[dependent.Index]))?.Index
        ?? container.Variables.Count;

    private int Declared(string name)
    {
        for (var index = 0; index < container.Variables.Count; index++)
        {
            if (container.Variables[index] == name)
                return index;
        }

        return -1;
    }

    private bool IsNew(string name) => variables.Any(variable => variable.Name == name);

    /// <summary>A variable that is added or replaced.</summary>
    /// <param name="Name">The name.</param>
    /// <param name="References">The names of the variables that its value refers to.</param>
    internal sealed record NewVariable(string Name, IReadOnlyList<string> References);
}
