using KubeInject.Annotations;
using KubeInject.Leases;
using KubeInject.Manifests;

namespace KubeInject.Injection;

/// <summary>The planned injection of a pod template. It does not keep the template, because the plan of a long manifest would need too much memory.</summary>
/// <param name="ServiceAccountName">The ServiceAccount of the pod.</param>
/// <param name="Plan">The variables. Null if nothing is injected.</param>
/// <param name="Secret">The Secret that delivers the credentials. Null if they are values in the spec.</param>
/// <param name="Result">The result so far.</param>
internal sealed record PlannedPod(string ServiceAccountName, InjectionPlan? Plan, DeliverySecret? Secret, InjectionResult Result)
{
    public bool IsPlanned => Result.Status == InjectionStatus.Planned;

    /// <summary>Reads a template and plans its injection.</summary>
    /// <param name="template">The template.</param>
    /// <param name="options">The label key and the default mount path.</param>
    /// <param name="delivery">The way in which containers get the credentials.</param>
    /// <param name="namespace">The namespace if the template specifies none. Null if it is unknown.</param>
    /// <param name="replaces">Whether to replace existing credentials.</param>
    public static PlannedPod Read(
        ManifestPodTemplate template, InjectionOptions options, CredentialDelivery delivery, string? @namespace, bool replaces = false) =>
        For(template, template.ReadInjection(options), delivery, @namespace, replaces);

    /// <summary>Plans the injection of a template.</summary>
    /// <param name="template">The template.</param>
    /// <param name="injection">The injection that the template requests.</param>
    /// <param name="delivery">The way in which containers get the credentials.</param>
    /// <param name="namespace">The namespace if the template specifies none. Null if it is unknown.</param>
    /// <param name="replaces">Whether to replace existing credentials.</param>
    public static PlannedPod For(ManifestPodTemplate template, PodInjection injection, CredentialDelivery delivery, string? @namespace, bool replaces)
    {
        var result = new InjectionResult
        {
            Object = template.Template.Object,
            Location = template.Location,
            Status = StatusOf(injection, replaces),
            Databases = injection.Databases.Select(Share).ToArray(),
            Findings = injection.Findings,
        };
        if (result.Status != InjectionStatus.Planned)
            return new PlannedPod(template.Template.ServiceAccountName, null, null, result);

        var plan = InjectionPlan.For(injection);
        if (ObstacleTo(template, plan, delivery) is { } obstacle)
            return new PlannedPod(template.Template.ServiceAccountName, null, null, result with { Status = InjectionStatus.Failed, Error = $"{result.Place}: {obstacle}" });
        var secret = delivery == CredentialDelivery.Secret ? DeliverySecret.For(plan, injection.Namespace ?? @namespace) : null;
        return new PlannedPod(template.Template.ServiceAccountName, plan, secret, result with { Containers = template.Template.Containers.Select(container => container.Name).ToArray() });
    }

    /// <summary>Returns the result after the credentials were added.</summary>
    public InjectionResult Completed(IReadOnlyList<IssuedLease> credentials) => !IsPlanned ? Result : Result with
    {
        Status = InjectionStatus.Injected,
        Databases = Result.Databases.Zip(credentials, (database, lease) =>
            database with { Username = lease.Credential.Username, Uuid = lease.Record.Uuid.ToString() }).ToArray(),
    };

    /// <summary>Returns the pod without positions. The document of an object of a cluster is one long line, in which positions are meaningless.</summary>
    public PlannedPod WithoutLocation()
    {
        var findings = Result.Findings.Select(finding => finding with { Location = null }).ToArray();
        var error = Result.Error?.Replace(Result.Place, $"{Result.Object}", StringComparison.Ordinal);
        return this with { Result = Result with { Location = null, Findings = findings, Error = error } };
    }

    /// <summary>Returns the pod with the Secret of an earlier plan, whose credentials are already issued. Null if it now requests other credentials.</summary>
    public PlannedPod? ForCredentialsOf(PlannedPod before)
    {
        var isSame = Plan is not null && before.Plan is not null
            && ServiceAccountName == before.ServiceAccountName
            && Plan.Databases.Select(Identity).SequenceEqual(before.Plan.Databases.Select(Identity));
        return isSame ? this with { Secret = before.Secret } : null;

        static (string, string?, string, InjectionMode, string?) Identity(DatabaseInjection database) =>
            (database.Name, database.Role, database.Mount, database.Mode, database.RawTemplate);
    }

    /// <summary>Returns the pod with a failure if its injection was planned.</summary>
    public PlannedPod Failed(string error) => !IsPlanned ? this : this with
    {
        Plan = null,
        Secret = null,
        Result = Result with { Status = InjectionStatus.Failed, Error = error },
    };

    private static InjectionStatus StatusOf(PodInjection injection, bool replaces) => injection switch
    {
        { HasPlaceholders: true } => InjectionStatus.AlreadyInjected,
        { State: InjectionState.Injected } when !replaces => InjectionStatus.AlreadyInjected,
        { State: InjectionState.Ignored } => InjectionStatus.Ignored,
        { HasErrors: true } => InjectionStatus.Failed,
        { Databases.Count: 0 } => InjectionStatus.NotRequested,
        _ => InjectionStatus.Planned,
    };

    private static string? ObstacleTo(ManifestPodTemplate template, InjectionPlan plan, CredentialDelivery delivery)
    {
        if (template.Containers.Count == 0)
            return "There are no containers for the variables. Inject the complete manifest.";
        if (delivery == CredentialDelivery.Secret && plan.Variables.FirstOrDefault(variable => !EnvironmentValue.FitsInSecret(variable)) is { } variable)
        {
            return $"The template of '{variable.Database.Name}' refers to another variable with $(…), which the kubelet replaces only in values and not in a Secret. "
                + "Replace the reference in the template with its value, or deliver the credentials as values.";
        }

        return null;
    }

    private static InjectedDatabase Share(DatabaseInjection database) => new(
        database.Name,
        database.Role ?? "",
        database.Mode == InjectionMode.Classic ? database.UsernameVariables : [],
        database.Mode == InjectionMode.Classic ? database.PasswordVariables : database.UriVariables,
        Username: null,
        database.Uuid);
}
