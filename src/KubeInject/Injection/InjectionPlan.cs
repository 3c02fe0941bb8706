using KubeInject.Annotations;

namespace KubeInject.Injection;

/// <summary>Which variables the containers of a pod get. Every container, and every init container, gets them all.</summary>
/// <param name="Injection">What the pod asks for.</param>
/// <param name="Variables">The variables, by database in the order of their names, in the order of the annotations.</param>
public sealed record InjectionPlan(PodInjection Injection, IReadOnlyList<PlannedVariable> Variables)
{
    /// <summary>Plans the injection of a pod. Issues nothing.</summary>
    /// <param name="injection">What the pod asks for; without errors.</param>
    /// <returns>The plan.</returns>
    public static InjectionPlan For(PodInjection injection)
    {
        ArgumentNullException.ThrowIfNull(injection);
        return new InjectionPlan(injection, [.. injection.Databases.SelectMany(VariablesOf)]);
    }

    private static IEnumerable<PlannedVariable> VariablesOf(DatabaseInjection database) => database.Mode == InjectionMode.Uri
        ? database.UriVariables.Select(name => new PlannedVariable(database, name, CredentialPart.Uri))
        : database.UsernameVariables.Select(name => new PlannedVariable(database, name, CredentialPart.Username))
            .Concat(database.PasswordVariables.Select(name => new PlannedVariable(database, name, CredentialPart.Password)));
}
