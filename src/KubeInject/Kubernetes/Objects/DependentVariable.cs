namespace KubeInject.Kubernetes.Objects;

/// <summary>A variable of a container whose value refers to other variables: <c>postgres://$(DBUSER)@db/orders</c>.</summary>
/// <param name="Index">The position of the variable in <see cref="PodContainer.Variables"/>.</param>
/// <param name="References">The names of the other variables. The kubelet replaces only references to variables that are set before.</param>
internal sealed record DependentVariable(int Index, IReadOnlyList<string> References)
{
    /// <summary>Returns the variables that refer to other variables.</summary>
    /// <param name="values">The values of all variables, in order; null for a variable without a value.</param>
    public static IReadOnlyList<DependentVariable> Of(IEnumerable<string?> values) =>
        [.. values.Select((value, index) => (Index: index, References: VariableExpansion.ReferencesIn(value))).Where(variable => variable.References.Count > 0).Select(variable => new DependentVariable(variable.Index, variable.References))];
}
