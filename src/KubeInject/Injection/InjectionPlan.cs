using KubeInject.Annotations;

namespace KubeInject.Injection;

/// <summary>The variables that an injection adds to a pod. Each container and each init container gets all variables.</summary>
/// <param name="Injection">The injection that the pod requests.</param>
/// <param name="Variables">The variables, in the order of the database names and then of the annotations.</param>
internal sealed record InjectionPlan(PodInjection Injection, IReadOnlyList<PlannedVariable> Variables)
{
    /// <summary>Plans the injection of a pod. Issues no credentials.</summary>
    /// <param name="injection">The injection that the pod requests. It must have no errors.</param>
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
