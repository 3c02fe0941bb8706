using FsCheck.Fluent;
using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;
using KubeInject.Testing;

namespace KubeInject.Tests.Annotations;

/// <summary>Random variables that refer to each other, compared with every possible order of the new ones.</summary>
public sealed class VariableOrderTests
{
    private static readonly string[] Names = ["A", "B", "C", "D", "E"];

    [Fact]
    public void A_reference_stays_unresolved_only_if_no_order_resolves_all()
    {
        var cases = new CaseCounter();
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            string[] declared = [.. Enumerable.Range(0, random.Next(4)).Select(_ => Names[random.Next(Names.Length)]).Distinct()];
            var container = new PodContainer("app", false, declared)
            {
                DependentVariables = DependentVariable.Of(declared.Select(_ => random.Next(2) == 0 ? null : Value(random))),
            };
            VariableOrder.NewVariable[] added = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Names[random.Next(Names.Length)]).Distinct()
                .Select(name => new VariableOrder.NewVariable(name, VariableExpansion.ReferencesIn(random.Next(2) == 0 ? null : Value(random))))];

            var isResolved = !new VariableOrder(container, added).Unresolved().Any();
            var canBeResolved = Orders(container, added).Any(order => IsResolved(order, added));
            cases.Count($"{isResolved}");
            Assert.Equal(canBeResolved, isResolved);
        }).CheckSeeded(5_000);
        cases.Require(500, "True", "False");
    }

    private static string Value(Random random) => string.Concat(Enumerable.Range(0, random.Next(1, 3)).Select(_ => $"$({Names[random.Next(Names.Length)]})"));

    private static bool IsResolved(IReadOnlyList<VariableOrder.NewVariable> order, VariableOrder.NewVariable[] added) =>
        order.Index().All(item => item.Item.References
            .Where(reference => added.Any(variable => variable.Name == reference || variable.Name == item.Item.Name))
            .All(reference => order.Skip(item.Index).All(later => later.Name != reference)));

    /// <summary>All orders of the variables of a container in which the declared ones keep theirs.</summary>
    private static IEnumerable<IReadOnlyList<VariableOrder.NewVariable>> Orders(PodContainer container, VariableOrder.NewVariable[] added)
    {
        VariableOrder.NewVariable[] present = [.. container.Variables.Select((name, index) => added.FirstOrDefault(variable => variable.Name == name)
            ?? new VariableOrder.NewVariable(name, container.DependentVariables.FirstOrDefault(dependent => dependent.Index == index)?.References ?? []))];
        IEnumerable<IReadOnlyList<VariableOrder.NewVariable>> orders = [present];
        foreach (var variable in added.Where(variable => !container.Variables.Contains(variable.Name)))
            orders = orders.SelectMany(order => Enumerable.Range(0, order.Count + 1).Select(at => (IReadOnlyList<VariableOrder.NewVariable>)[.. order.Take(at), variable, .. order.Skip(at)]));
        return orders;
    }
}
