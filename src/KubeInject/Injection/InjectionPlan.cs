using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Injection;

/// <summary>The variables that an injection adds to a pod. Each container and each init container gets all variables.</summary>
/// <param name="Object">The pod or workload.</param>
/// <param name="Server">The API server of the object. Null for a manifest.</param>
/// <param name="State">The state of the injection before the plan.</param>
/// <param name="Databases">The requested databases.</param>
/// <param name="Variables">The variables, in the order of the database names and then of the annotations.</param>
internal sealed record InjectionPlan(ObjectReference Object, Uri? Server, InjectionState State, IReadOnlyList<DatabaseInjection> Databases, IReadOnlyList<PlannedVariable> Variables)
{
    /// <summary>Plans the injection of a pod. Issues no credentials.</summary>
    /// <param name="injection">The injection that the pod requests. It must have no errors.</param>
    /// <returns>The plan.</returns>
    public static InjectionPlan For(PodInjection injection)
    {
        ArgumentNullException.ThrowIfNull(injection);
        return new InjectionPlan(injection.Pod.Object, injection.Server, injection.State, injection.Databases, [.. injection.Databases.SelectMany(VariablesOf)]);
    }

    /// <summary>Returns why the credentials cannot be delivered in a Secret: a template refers to another variable. Null if they can.</summary>
    public Finding? FindReference() => Variables.FirstOrDefault(variable => !EnvironmentValue.FitsInSecret(variable)) is not { } unfit ? null : new Finding
    {
        Code = FindingCode.ReferenceInSecret,
        Severity = FindingSeverity.Error,
        Object = Object,
        Server = Server,
        Key = InjectionAnnotation.ForDatabase(unfit.Database.Name, DatabaseSetting.Template),
        Message = $"Annotation {Redaction.Key(InjectionAnnotation.ForDatabase(unfit.Database.Name, DatabaseSetting.Template))} refers to another variable with $(…), but the credentials are delivered in a Secret, in which the kubelet does not replace references.",
        Suggestion = "Replace the reference with its value.",
    };

    private static IEnumerable<PlannedVariable> VariablesOf(DatabaseInjection database) => database.Mode == InjectionMode.Uri
        ? database.UriVariables.Select(name => new PlannedVariable(database, name, CredentialPart.Uri))
        : database.UsernameVariables.Select(name => new PlannedVariable(database, name, CredentialPart.Username))
            .Concat(database.PasswordVariables.Select(name => new PlannedVariable(database, name, CredentialPart.Password)));
}
